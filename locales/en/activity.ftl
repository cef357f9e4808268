# Activity and history: who did what, and when.

activity-today = Today, { $day }
activity-yesterday = Yesterday, { $day }
activity-older = Show older
activity-newest = Back to the newest
activity-none = No activity yet
activity-none-text = Sign-ins and every change of an entry, before and after, appear here.
activity-system = System
activity-unknown-account = Unknown account
activity-company = Whole company

change-of-timesheet = Timesheet entry
change-of-employee = Employee
change-of-shift-template = Shift template
change-of-settings = Settings
change-of-calendar-day = Calendar day
change-created = { $what } added
change-updated = { $what } changed
change-deleted = { $what } deleted
change-restored = { $what } restored
change-erased = { $what } erased for good
change-empty = (empty)
change-entered-at = entered offline: { $at }

origin-web = web
origin-offline = offline
origin-agent = office PC
origin-import = takeover
origin-legacy = desktop program
origin-system = system

change-full-name = Full name
change-name = Name
change-identity-no = Identity number
change-department = Department
change-title = Job title
change-hire-date = Hired
change-exit-date = Left
change-is-active = Active
change-shift-template = Shift
change-kind = Kind
change-free-from = Free from
change-source = Source
change-unknown-row = Unknown row
change-employee = Employee
change-work-date = Date
change-start = Start
change-end = End
change-break = Break
change-is-special = Special day
change-notes = Note
change-weekdays = Days
change-company-name = Company name
change-report-title = Report title
change-weekday-plan = Daily plan, Monday to Friday
change-saturday-start = Saturday start
change-saturday-end = Saturday end
change-unknown-person = Unknown employee
change-minutes = { $n } min
change-hours = { $hours } h
change-next-day = { $time } (next day)
answer-yes = Yes
answer-no = No

weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday

event-sign-in = Signed in
event-sign-in-failed = Failed sign-in
event-account-throttled = Many wrong passwords: attempts for this account were stopped for { $n } s
event-address-throttled = Many wrong passwords: attempts from this address were stopped for { $n } s
event-sign-out = Signed out
event-password-changed = Password changed
event-password-set = { $account } was given a password
event-user-added = { $account } was added
event-user-disabled = { $account } was disabled
event-user-enabled = { $account } was enabled again
event-role-changed = The role of { $account } changed: { $before } → { $after }
event-regions-changed = The regions of { $account } changed: { $before } → { $after }
event-sessions-ended =
    { $n ->
        [one] { $n } session of { $account } was ended
       *[other] { $n } sessions of { $account } were ended
    }
event-region-added = Region added: { $name }
event-region-renamed = The region was renamed: { $before } → { $after }
event-region-closed = Region closed to new entries: { $name }
event-region-opened = Region opened again: { $name }
event-legacy-imported = File of the desktop program taken over: { $file }
event-token-made = The API key “{ $name }” was made
event-token-revoked = The API key “{ $name }” was revoked
event-exported = { $what } exported to a file ({ $format })
event-other = Another event: { $kind }
event-address = address { $address }
