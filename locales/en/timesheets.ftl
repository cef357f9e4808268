# Timesheets

timesheet-new = New timesheet entry
timesheet-edit = { $name }: correct the entry
timesheet-employee = Employee
timesheet-date = Date
timesheet-start = Start
timesheet-end = End
timesheet-break = Break (min)
timesheet-special = Special day
timesheet-notes = Note
timesheet-template = Template
timesheet-template-none = (none)
timesheet-next-day = Next day
timesheet-explain = How is this computed?
timesheet-explain-and-history = Computation and history
history-in-activity = Show in the activity log
timesheet-search = Search name or note
timesheet-totals = Total: { $n } entries
timesheet-none = No entries this month
timesheet-none-text = Enter employee, date and times in the line above and press Enter.
timesheet-none-found = No entry fits the filters
timesheet-none-found-text = Widen the dates or clear the filters.
timesheet-no-employees = Timesheets need an employee first.
timesheet-add-employee = Add an employee
timesheet-was-deleted = This entry was deleted on { $at }; its hours do not count.

hours-worked = Worked (h)
hours-scheduled = Normal hours
hours-overtime = Overtime
hours-night = Night
hours-overnight = Past midnight
hours-special-normal = Special normal
hours-special-overtime = Special overtime
hours-special-night = Special night

history-title = History

flash-timesheet-created = { $name }: timesheet saved.
flash-timesheet-updated = { $name }: entry corrected.
flash-timesheet-merged = { $name }: saved; but somebody else changed the same entry meanwhile. Both values are kept as a conflict.
flash-timesheet-deleted = { $name }: entry deleted.
flash-timesheet-not-deleted = { $name }: the entry was changed meanwhile and was not deleted. Look at it again; press Delete once more if you still want to.
flash-timesheet-restored = { $name }: entry restored.
flash-refused = Not done: { $name }

keys-new-entry = go to the new entry

weekday-short-1 = Mon
weekday-short-2 = Tue
weekday-short-3 = Wed
weekday-short-4 = Thu
weekday-short-5 = Fri
weekday-short-6 = Sat
weekday-short-7 = Sun
timesheet-walk = Saving goes on to the next blank day of this person; { $n } are left after this one.
timesheet-walk-list = Blank days
flash-timesheet-created-last-blank = { $name }: timesheet saved. This person has no blank days left.
file-timesheets = timesheets
