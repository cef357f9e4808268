# The dashboard: regions, oddities, trend, recent entries.

nav-dashboard = Dashboard

dashboard-search = Find an employee
dashboard-previous-month = Previous month
dashboard-regions = Regions
dashboard-yesterday = Yesterday's exceptions
dashboard-day = Exceptions of the day
dashboard-previous-day = Previous day
dashboard-next-day = Next day
dashboard-blank = { $n ->
    [one] 1 person has no entry
   *[other] { $n } people have no entry
}
dashboard-no-blank = Everybody who was expected has an entry.
dashboard-nothing-odd = Nothing stands out.
dashboard-recent = Recent entries
dashboard-recent-none = Nothing has been entered yet.
dashboard-all = All
dashboard-alerts = Alerts
dashboard-alerts-cut = Too many entries raise an alert in these dates: the newest 5,000 were looked at. Choose fewer dates.
dashboard-leaders = Most overtime
dashboard-leaders-none = No overtime in these dates.
dashboard-sign-ins = Sign-ins
dashboard-sign-ins-none = Nobody has signed in yet.

tile-people = Active employees
tile-of-today = Entries for today
tile-written = Entered today
tile-blanks = Blank days
tile-overtime = Overtime (h)
tile-conflicts = Open conflicts
tile-held = Held operations
tile-last = Last entry
tile-last-none = No entry yet
tile-employed = Employed today: { $n }

severity-critical = Critical
severity-warning = Warning
severity-note = Note

alert-kind = What
alert-why = Why
alert-open = Open the entry
alert-all = All
alert-nothing-worked = Nothing worked
alert-before-hire = Before the first day
alert-after-exit = After the last day
alert-deleted-person = Deleted employee
alert-hardly-true = Unlikely hours
alert-long-shift = Long shift
alert-no-day-off = No day off
alert-far-ahead = Far ahead
alert-holiday-not-marked = Holiday not marked
alert-overnight = Past midnight
alert-special-day = Special day

alert-why-nothing-worked = The break ({ $break } min) takes the whole shift ({ $gross } min); no time is left as worked.
alert-why-before-hire = The person's first day is { $date }; the entry is for an earlier one.
alert-why-after-exit = The person's last day was { $date }; the entry is for a later one.
alert-why-deleted-person = The person was deleted, the entry is still there.
alert-why-hardly-true = { $hours } hours of work between { $start } and { $end }; more than 16.
alert-why-long-shift = { $hours } hours gross between { $start } and { $end }; 12 and more count as long.
alert-why-no-day-off = { $n } days in a row from { $from } to { $to }.
alert-why-no-day-off-at-least = At least { $n } days in a row from { $from } to { $to }.
alert-why-far-ahead = More than a month after today ({ $date }).
alert-why-holiday-not-marked = { $name } in the calendar; the entry is not marked as a special day.
alert-why-overnight = { $hours } hours of the shift { $start }–{ $end } are past midnight.
alert-why-special-day = Marked as a special day; { $hours } hours worked between { $start } and { $end }.

trend-weeks = Last 12 weeks
trend-months = Last 12 months
trend-show-weeks = By week
trend-show-months = By month
trend-entries = Entries
trend-overtime = Overtime (hours)
trend-description = { $region }: { $entries } entries and { $overtime } hours of overtime in 12 periods. Each number is in the table below.
trend-numbers = Show the numbers as a table
trend-from = Begins

recent-created = added
recent-updated = changed
recent-deleted = deleted
recent-restored = restored

refresh-fresh = Up to date
refresh-news = { $n } new
refresh-failed = Not refreshed; what you see may be old.
refresh-paused = Refreshing has stopped; move the mouse to go on.

blanks-title = Blank days
blanks-rule = Days with a shift and without an entry; today is not over yet and does not count.
blanks-none = No blank days
blanks-none-text = Everybody who was expected in these dates has an entry.
blanks-count = { $n } blank days of { $people } people
blanks-days = Days
blanks-dates = Dates

region-view-start = View as region
region-view-end = Stop
region-view-banner = You are looking as { $region }: you see what the region sees, and can change nothing.
region-view-refused-title = You are only looking
region-view-refused = Not saved: you are looking as a region. To change something, first press Stop at the top of the page.
