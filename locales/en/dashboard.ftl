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
dashboard-day-more = { $n } more
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

queues-title = Queues and PCs
queues-none = No browser queue has reported in the last two weeks.
queue-who = Whose
queue-browser = Browser
queue-browser-unknown = unknown browser
queue-carried-by = not known whose (carried by { $name })
queue-waiting = Waiting
queue-oldest = Oldest
queue-last = Last contact
queue-build = Version
queue-build-old = old version
queue-build-current = current
queue-alarms = Queue alerts
queue-alarm-open = Go to the queue
queue-alarm-seen = I have seen it
queue-alarm-vanished = Queue vanished
queue-alarm-hole = Entries missing
queue-alarm-silent = Silent for a day
queue-alarm-clock = Wrong clock
queue-alarm-why-vanished = { $n } entries were waiting in this browser (last contact { $since }); the same person came back in the same browser with a new, empty queue. The browser's data may have been cleared. Ask the person and enter what is missing again.
queue-alarm-why-hole = { $n } numbers given out by this queue have not reached the server since { $since }, and no longer wait in it. Ask the person which entries are missing.
queue-alarm-why-silent = { $n } entries are waiting, and the browser has not reported since { $since }. Open Rainstaff on that computer with a network; they go up by themselves.
queue-alarm-why-clock = The clock of this computer differs from the server's by { $n } seconds ({ $since }). Nothing is lost, but conflicts may be put in the wrong order: set the clock.
flash-queue-alarm-seen = Marked as seen: { $name }.
quarantine-title = Quarantine
quarantine-means = What browsers sent and the server could not read. Kept as it came; nothing is deleted.
quarantine-download = Download ({ $n } bytes)
alert-long-day = Too much work on one day
alert-ahead = Day to come
alert-why-long-day = The entries of this day come to { $hours } hours of work together ({ $start }–{ $end } is one of them).
alert-why-ahead = The day is still to come (today is { $date }).
alert-confirmed = confirmed when entered
blanks-not-yet = No day is over
blanks-not-yet-text = No day of this range is over yet; whether days are blank shows later.
blanks-nobody = Nobody is expected
blanks-nobody-text = No shift is planned for anybody in this range; whether the entries are complete cannot be said.
dashboard-day-not-over = This day is not over yet.
dashboard-nobody-expected = No shift is planned for anybody on this day.
file-blanks = blank-days
