# Complaints about what was typed: what is wrong, and what to do. A key is `error-` and the code of ops::FieldError; they stand at their field.

error-time-empty = The time is missing (for example 09:30).
error-time-format = This is not a time. Type it as 0930, 930 or 9:30.
error-time-range = { $hour }:{ $minute } is not a time; type one from 00:00 to 23:59.
error-times-equal = The end cannot equal the start. For a shift past midnight, type the time of the next day.
error-date-empty = The date is required.
error-date-format = This is not a date (for example 05.01.2026 or 2026-01-05).
error-date-calendar = { $day }.{ $month }.{ $year } is in no calendar; check day and month.
error-date-range = The year { $year } is not accepted; type one from 1990 to 2100.
error-break-empty = The break is missing; type 0 for none.
error-break-format = The break is a whole number of minutes (for example 60).
error-break-range = The break must be 0–480 minutes.
error-hours-empty = The number of hours is missing.
error-hours-format = This is not a number of hours (for example 7.5 or 7:30).
error-hours-range = The hours must be from 0 to 24.
error-flag-format = This can only be yes or no; tick the box or leave it empty.
error-append-only = This record cannot be changed or deleted. To correct it, enter another one.
error-phone-format = Not a telephone number (for example 0532 123 45 67; abroad +49 30 123456).
error-plate-format = Not a number plate (for example 06 ABC 123).
error-money-format = Not an amount (for example 1,250.50).
error-money-range = The amount must be between 0 and 99,999,999,999.99.
error-minutes-format = Write minutes (90) or hours and minutes (1:30).
error-minutes-range = The duration must be { $min }–{ $max } minutes.
error-number-format = Write a whole number (for example 45200).
error-too-long = Too long: { $max } characters at most.
error-unknown-field = The server does not know this field. Load the page again and retry.
error-op-reused = This form was saved before with other content. What you typed is still here; press Save again.

error-region-missing = Choose a region.
error-region-unknown = There is no such region, or it is not one of yours. Choose one from the list.
error-region-closed = This region is closed to new entries: its entries can be read, but not changed. Headquarters can open it again if needed.

error-name-missing = The full name is required.
error-identity-no-empty = The identity number is blank; type it, or leave the field empty.
error-identity-no-format = An identity number has 11 digits and does not start with 0.
error-identity-no-check-digits = The last two digits do not follow from the others. Probably a typing error; check the identity card.
error-identity-no-taken = This identity number belongs to another employee of this region. If it is the same person, edit that entry instead (it may be passive).
error-identity-no-offline = A stored identity number can be changed with a connection only. Leave this field empty to save the others, and correct the number once you are connected.
error-exit-before-hire = The day of leaving cannot be before the day of hiring. Check both dates.
error-employee-has-timesheets = this employee has timesheets (entries: { $count }) and cannot be deleted. If they left, make them passive: the entries stay.

error-employee-missing = Choose an employee.
error-employee-unknown = The employee was not found. Choose again from the list.
error-not-stored = The server could not take this entry; enter the row by itself.
error-overlap = This person has another entry at this time. Correct the times or change the earlier entry.
error-overlap-with = This person has another entry at this time: { $start }-{ $end } ({ $date }). Correct the times or change that entry.
form-open-other = Open the other entry

error-template-name-missing = The template's name is required.
error-template-name-taken = This region has a template of this name. Choose another name, or edit that template.
error-weekdays-format = Choose days from Monday to Sunday, each once.

error-admins-only = Only administrators may change this. Ask headquarters if it is needed.
error-one-row = A region has one such row, and no other can be added. Load the page again and change that one.
error-settings-exist = This region has settings already. Load the page again and edit those.
error-saturday-half = Give both the start and the end of Saturday, or leave both empty.

error-day-name-missing = Write the name of the day, for example "Victory Day".
error-day-kind-unknown = Choose the kind of day from the list.
error-day-name-taken = This day already has an entry of that name. Change it or write another name.
error-template-unknown = This shift template was not found. Choose one from the list or leave it empty.

error-username-format = A user name has 3 to 64 characters: small letters (a–z), digits, dots, hyphens or underscores.
error-username-taken = There is an account of this name. Choose another name.
error-user-region-missing = Choose at least one region for a user.
error-last-admin = This is the last administrator who can sign in: they cannot be disabled or lose the role. Add another administrator first.
error-own-account = You cannot disable your own account or change your own role; another administrator can.
error-role-confirm = To confirm the change of the role, type { $name } here.
error-region-code-format = A code has 2 to 31 characters and starts with a small letter; letters (a–z), digits and underscores. Example: antalya
error-region-code-taken = There is a region with this code. Choose another code.
error-region-name-missing = Type the name of the region, for example Antalya.
error-region-name-letters = A region's name has Latin letters, digits, blanks, hyphens and . , ' / & ( ) + only. Letters of another alphabet that look alike are not taken; type the name again.
error-region-name-taken = There is a region of this name.
error-offline-mode-unknown = Choose one from the list.
error-offline-mode-company = Working offline is set for the whole company only.
error-confirm-long-day = With this entry the person has worked { $hours } hours on that day.
error-confirm-nothing-worked = The break takes the whole shift: nothing was worked.
error-confirm-before-hire = The day is before the first day of employment, { $date }.
error-confirm-after-exit = The day is after the last day of employment, { $date }.
error-confirm-ahead = { $date } is still to come.
error-range-swapped = The end cannot come before the start ({ $from }); swap the dates.
error-back-before-exit = The first day back comes after the last day ({ $date }); if they never left, enter { $next }.
error-range-too-long = At most one year is shown. Start on { $first } or later; for older days set the end earlier too.
error-month-format = Not a month; write 2026-12, 12.2026 or December 2026 (1990 to 2100).
error-choice-unknown = There is no such choice; choose from the list.
error-number-range = Write a number between { $min } and { $max }.
query-wrong = { $name }: { $why }
query-wrong-title = The address or the filter was not understood, so nothing is shown.
query-wrong-advice = Correct it and try again.
