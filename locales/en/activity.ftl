# The activity log and history: who did what, and when.

activity-today = Today, { $day }
activity-yesterday = Yesterday, { $day }
activity-older = Show older
activity-newest = Back to the newest
activity-none = Nothing in the log yet
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
change-confirmed = Confirmed doubt
doubt-long-day = day of more than 16 hours
doubt-nothing-worked = nothing worked
doubt-before-hire = before employment
doubt-after-exit = after employment
doubt-ahead = day to come
change-weekdays = Days
change-company-name = Company name
change-report-title = Report title
change-weekday-plan = Normal hours, Monday to Friday
change-saturday-start = Saturday start
change-saturday-end = Saturday end
change-unknown-person = Unknown employee
change-minutes = { $n } min
change-hours = { $hours } h
change-money = { $amount } ₺
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
event-sessions-beyond =
    { $n ->
        [one] The oldest session of { $account } ended: 50 may be open at once
       *[other] The { $n } oldest sessions of { $account } ended: 50 may be open at once
    }
event-sessions-ended =
    { $n ->
        [one] { $n } session of { $account } was ended
       *[other] { $n } sessions of { $account } were ended
    }
event-region-added = Region added: { $name }
event-region-renamed = The region was renamed: { $before } → { $after }
event-region-closed = Region closed to new entries: { $name }
event-region-opened = Region opened to new entries again: { $name }
event-legacy-imported = File of the desktop program taken over: { $file }
event-token-made = The API key “{ $name }” was made
event-token-revoked = The API key “{ $name }” was revoked
event-exported = { $what } exported to a file ({ $format })
event-identity-no-revealed = Identity number shown: { $name }
event-other = Another event: { $kind }
event-address = address { $address }
event-region-view-started = Began to view as the region
event-region-view-ended = Stopped viewing as the region

activity-actor = Person (account name)
activity-entity = Kind of entry
activity-kind = Action
activity-origin = Origin
activity-any = All
activity-kinds-rows = Entries
activity-kinds-events = Events
activity-none-found = Nothing in the log fits these filters
activity-none-found-text = Widen the dates or clear the filters.
activity-history-of = History: { $name }
activity-history-of-one = History of one entry
activity-show-all = Show the whole log
activity-json = JSON
activity-file = activity-log

kind-changes = All changes of entries
kind-create = Adding
kind-update = Changing
kind-delete = Deleting
kind-restore = Restoring
kind-erase = Erasing for good
kind-sign-ins = All sign-ins, sign-outs and attempts
kind-sign-in = Sign-in
kind-sign-in-failed = Failed sign-in
kind-sign-in-throttled = Stopped attempts to sign in
kind-sign-out = Sign-out
kind-password-changed = Change of password
kind-password-set = Password given
kind-user-added = Account added
kind-user-disabled = Account disabled
kind-user-enabled = Account enabled again
kind-role-changed = Role changed
kind-regions-changed = Regions changed
kind-sessions-ended = Sessions ended
kind-region-added = Region added
kind-region-renamed = Region renamed
kind-region-closed = Region closed to new entries
kind-region-opened = Region opened to new entries
kind-identity-no-revealed = Identity number shown
kind-legacy-imported = Takeover of a desktop file
kind-token-made = API key made
kind-token-revoked = API key revoked
kind-region-view-started = Started to look as a region
kind-region-view-ended = Ended looking as a region
kind-exported = Export to a file

change-reverse = Take this change back
change-bring-back = Restore the entry
change-history-of = Show the history: { $name }
flash-change-reversed = { $name }: the change was taken back.
flash-row-brought-back = { $name }: the entry was restored.
error-reversal-not-deleted = This entry is not deleted.
error-reversal-deleted-again = The entry was deleted again by { $who } on { $at }; take that deletion back.
error-reversal-row-deleted = The entry is deleted; restore it first.
error-reversal-deleted-since = The entry was deleted by { $who } on { $at }; restore it first.
error-reversal-done = The entry already is as it was before this change.
error-reversal-changed = “{ $field }” was changed later; it was not overwritten.
error-reversal-changed-since = “{ $field }” was changed later by { $who } on { $at }; it was not overwritten. If needed, take that change back first.

export-time = Time
export-who = Who
export-what = Deed
export-title = Entry
export-field = Field
export-before = Before
export-after = After
export-origin = Origin
export-address = Address
export-id = Entry id

event-queue-vanished = A browser queue vanished: { $n } entries were waiting ({ $browser }, last contact { $since })
event-queue-hole = { $n } entries of a browser queue are missing ({ $browser }, since { $since })
event-queue-silent = A browser has been silent for a day: { $n } entries are waiting ({ $browser }, last contact { $since })
event-queue-alarm-seen = Saw a queue alert: { $alarm } ({ $account })
event-quarantined = Unreadable data from the browser was put into quarantine
event-volume-reached = The most that may come out of a queue in a day ({ $n } MB) was reached; the rest waits in the queue and comes by itself tomorrow
event-volume-reached-by-device = The most that may come from device “{ $device }” in a day ({ $n } MB) was reached; the rest waits on the device and comes by itself tomorrow
kind-queue-vanished = Vanished queue
kind-queue-hole = Entries missing in a queue
kind-queue-silent = Silent queue
kind-queue-alarm-seen = Queue alert seen
kind-quarantined = Put into quarantine
kind-volume-reached = Limit of a day reached
change-offline-mode = Working offline
event-grant-refused = An operation was delivered under the name { $account } without that person’s grant; it is held
event-held-accepted = A held operation was accepted in the name of { $account }
kind-grant-refused = Name used without grant
kind-held-accepted = Held operation accepted
