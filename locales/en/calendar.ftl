# The calendar: public holidays and other marked days.

day-kind-holiday = Public holiday
day-kind-day-off = Day off
day-kind-workday = Working day

calendar-title = Calendar { $year }
calendar-year = Calendar of { $year }
calendar-intro = Public holidays hold in all regions; a region can have days of its own. A holiday is a suggestion: nobody is expected, and a new entry has "special day" ticked; whoever enters decides.
calendar-unknown-feasts = The program does not know this year's religious feasts: look them up in the Diyanet calendar and add them.
calendar-none = No marked days in this year
calendar-none-text = Add public holidays and days off.
day-add = Add day
day-new = New day
day-edit = Edit { $name }
day-date = Date
day-name = Name
day-kind = Kind
day-free = Free
day-free-whole = the whole day
day-free-from = from { $time }
day-free-none = worked
day-free-from-label = Free from
day-free-hint = Empty: the whole day. For half a day type 13:00.
day-source = Source
day-source-hint = Where the date is from: the law, the Diyanet calendar, a decision of the company.

flash-day-created = { $name } was added to the calendar.
flash-day-updated = { $name }: the day was saved.
flash-day-deleted = { $name } was deleted from the calendar.
flash-day-not-deleted = { $name } was not deleted, because somebody changed it meanwhile. Look at it; press Delete again if you still want to.
flash-day-restored = { $name } was restored to the calendar.
