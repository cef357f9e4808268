# Complaints about what was typed into a field: where the field is, why, and what to do. Keys are the codes of ops::FieldError.
time-empty = A time is needed.
time-format = Not a time (for example 09:30).
time-range = { $hour }:{ $minute } is no time of day; it must lie between 00:00 and 23:59.
date-empty = A date is needed.
date-format = Not a date (for example 05.01.2026).
date-calendar = { $day }.{ $month }.{ $year } is not in the calendar.
date-range = The year { $year } is not accepted; it must lie between 1990 and 2100.
break-empty = A break is needed; type 0 if there was none.
break-format = The break must be whole minutes (for example 60).
break-range = The break must lie between 0 and 480 minutes.
hours-empty = A duration is needed.
hours-format = Not a duration (for example 7.5 or 7:30).
hours-range = The duration must lie between 0 and 24 hours.
