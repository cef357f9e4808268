# Employees

employee-add = Add employee
employee-new = New employee
employee-new-hint = Enter saves and opens an empty form for the next one.
employee-back = Back to the list
employee-edit = { $name }: edit
employee-full-name = Full name
employee-identity-no = Identity number
employee-identity-kept = On file: { $number }. Leave empty to keep it; type another one to replace it.
employee-identity-remove = Remove the identity number on file
employee-department = Department
employee-title = Title
employee-hire-date = Hired
employee-exit-date = Left
employee-state = State
employee-state-active = Active
employee-state-passive = Passive
employee-state-present = Active and passive
employee-state-deleted = Deleted
employee-is-active = Active
employee-is-active-hint = A passive employee cannot be chosen for new entries; the old entries stay.
employee-last-day = Last day of work
employee-last-day-hint = The days before it stay as they are. Left blank: the day of the last entry, or today without one.
employee-first-day-back = First day back
employee-first-day-back-hint = Earlier entries stay and count; no entries are expected for days before this one. If they never left, enter { $next }: days since then without an entry show as blank.
employee-has-left = { $name } (left { $date })
employee-activate = Make active
employee-passivate = Make passive
employee-search = Search name, department or title
employee-none = No active employees
employee-none-text = Add the employees before you enter timesheets. Choose the state Passive to see those who left.
employee-none-found = No employee matches the filters
employee-none-found-text = A part of the name is enough; capitals and Turkish letters make no difference.
employee-none-passive = No passive employees
employee-none-passive-text = Do not delete people who leave, make them passive: their timesheets stay.
employee-none-deleted = No deleted employees
employee-none-deleted-text = An employee deleted by mistake is kept here and can be restored.

list-restore = Restore

flash-employee-created = { $name } was added.
flash-employee-updated = { $name }: saved.
flash-employee-merged = { $name }: saved, but somebody else changed the same field meanwhile. Both values are kept as a conflict.
flash-employee-passivated = { $name } is passive now.
flash-employee-activated = { $name } is active now.
flash-employee-deleted = { $name } was deleted.
flash-employee-not-deleted = { $name } was changed meanwhile and has not been deleted. Look at the current state; press Delete again if you still want to.
flash-employee-restored = { $name } was restored.

employee-shift-template = Shift
employee-shift-by-weekday = By weekday

card-person = About the person
card-neighbours = Previous and next person
card-previous = Previous person: { $name }
card-next = Next person: { $name }
card-keys-neighbours = Previous and next person
card-no-identity = none on record
card-reveal = Show
card-reveal-hint = Shows the whole number; who looked is written to the activity log.
card-months = Last 12 months
card-month = Month
card-sum = Total
card-gross = Gross
card-to-month = Month sheet
card-to-list = Entries
card-no-entries = No entries this month.
card-blanks = { $n } blank days: work was planned, no entry

total-rule-worked = Worked = time from start to end (gross) minus the break.
total-rule-scheduled = Normal hours come from the day's rule: the setting for weekdays, Saturday's window; none on Sundays and special days.
total-rule-overtime = Overtime = gross minus normal hours, never below zero; the break counts as part of the normal hours. On a day without normal hours all hours worked are overtime.
total-rule-night = Night = time between 22:00 and 06:00; the break is not taken off.
total-rule-overnight = Past midnight = the part of a shift after midnight; hours belong to the day the shift starts on.
total-rule-special = On a special day all hours worked are special-day work; there is no overtime besides.
total-rule-special-night = Special night = time between 22:00 and 06:00 on a special day; it is part of the night total as well.
total-sum = Total: { $terms } = { $minutes } minutes, that is { $hours } hours.
file-employees = employees
