# The calendar: public holidays and other marked days.

day-kind-holiday = Public holiday
day-kind-day-off = Day off
day-kind-workday = Working day
