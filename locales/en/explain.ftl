# How the hours of a timesheet entry came about. The steps: src/timesheets/calc/explain.rs

explain-gross = Start { $start }, end { $end }: { $gross } min lie between them, so gross { $hours } h.
explain-gross-next-day = Start { $start }, end { $end } on the next day: { $gross } min lie between them, so gross { $hours } h.

explain-break = A break of { $break } min is taken off: { $gross } − { $break } = { $worked } min, so worked { $hours } h.
explain-break-none = No break: worked is the same as gross, { $hours } h.
explain-break-negative = The break in this entry is negative ({ $entered } min) and counts as none: worked { $hours } h.
explain-break-clamped = The break in this entry ({ $entered } min) is longer than the shift ({ $gross } min), so all of the shift counts as break: worked { $hours } h.

explain-plan-weekday = A weekday: normal hours { $hours } h ({ $plan } min).
explain-plan-saturday = Saturday: the normal hours are { $start }–{ $end }, so { $hours } h ({ $plan } min).
explain-plan-saturday-empty = Saturday has no normal hours (start and end are the same in the settings): 0 h.
explain-plan-sunday = Sunday has no normal hours: 0 h.
explain-plan-special = A special day has no normal hours: 0 h.

explain-overtime-special = A special day has no separate overtime; all { $hours } h worked are special-day work.
explain-overtime-net = The day has no normal hours, so all of the time worked is overtime: { $hours } h (with the break taken off).
explain-overtime-gross = Overtime is gross minus normal hours: { $gross } − { $plan } = { $overtime } min, so { $hours } h. The break counts as part of the normal hours.
explain-overtime-none = Gross ({ $gross } min) does not exceed the normal hours ({ $plan } min): no overtime.

explain-night-part = { $start }–{ $end } is night time (22:00–06:00): { $night } min, so { $hours } h. The break is not taken off.
explain-night-total = Night time in total { $night } min, so { $hours } h.
explain-night-none = The shift does not touch 22:00–06:00: no night hours.
explain-night-special = As the day is special, these { $hours } h are also shown as special-day night.

explain-overnight = From midnight to { $end }, { $overnight } min run into the next day: past midnight { $hours } h.
explain-overnight-none = The shift does not run past midnight: no hours past midnight.
