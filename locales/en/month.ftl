# Month: people and days, blanks, totals; the printed sheet.

month-choose = Choose a month
month-previous = Previous month
month-next = Next month
month-this = This month
month-go = Go
month-print = Print
month-nobody = Nobody this month
month-nobody-text = Nobody works or has entries in this month. Add an employee or choose another month.
month-report-title = Monthly timesheet
month-sign = Signature
month-prepared = Prepared by
month-checked = Checked by
month-approved = Approved by

month-days = Days
month-worked = Worked
month-blanks = Blank
month-foot-present = Present
month-foot-blank = Blank
month-foot-total = Total hours

month-mark-blank = blank
month-mark-late = N
month-mark-special = S
month-cell-hours = { $n } hours
month-cell-none = no entry
month-cell-blank = blank, nothing entered
month-cell-late = past midnight
month-cell-special = special day
month-cell-several = { $n } entries

month-legend-hours = hours worked (8.5 = 8 hours 30 minutes)
month-legend-blank = work was planned, no entry
month-legend-late = shift past midnight
month-legend-special = special day
month-legend-several = sum of several entries
month-legend-out = before the first or after the last day
month-legend-rest-days = Sat Sun
month-legend-rest = weekend

month-one-more = One more entry for this day
month-keys-arrows = Move between cells
month-keys-days = First and last day of the month
month-keys-people = First and last person
month-keys-page = Ten people up, ten people down
month-keys-months = Previous and next month
month-keys-open = Open the cell; Esc closes it
month-placeholder = 2026-12 or December 2026
file-month = month
