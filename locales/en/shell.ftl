# The frame around every page.
skip-link = Skip to content
nav-label = Main menu
nav-menu = Open or close the menu
nav-today = Today
nav-timesheets = Timesheets
nav-month = Month
nav-employees = Employees
nav-shift-templates = Shift templates
nav-activity = Activity log
nav-admin = Administration
nav-users = Users
nav-regions = Regions
nav-settings = Settings
nav-calendar = Calendar
region-closed-strip = { $names } is closed to new entries: entries can be read, but nothing new and no change is accepted.
region-all = All regions
user-account = My sessions
user-password = Change password
user-sign-out = Sign out
theme-label = Appearance
theme-auto = As the device
theme-light = Light
theme-dark = Dark
lang-label = Language
demo-strip = Trial server: everybody knows the passwords of its accounts; enter no real people or hours.

# The save pill: three honest words.
pill-saved = Saved
pill-waiting = Waiting ({ $n })
pill-failed = Failed ({ $n })
pill-explain-saved = Everything you sent from this page is saved on the server.
pill-explain-waiting = Waiting for the server's answer.
save-unreachable = Not saved: the server could not be reached; what you typed is still in the form. Save again once the connection is back.
save-too-large = Not saved: the form is too large, 1 MB at most is sent at once; what you typed is still in the form. Save fewer lines.
save-refused = Not saved: the server refused the request; what you typed is still in the form. Request id: { $id }
save-signed-out = Not saved yet: your session has ended; what you typed is still in the form. It is saved by itself once you have signed in.
load-failed = The list could not be refreshed; what you see may be old. Check the connection and try again.

toast-area = Messages
toast-undo = Undo
toast-close = Close message

keys-title = Keyboard shortcuts
keys-search = Go to search
keys-help = Open this list
keys-enter = Save the form
keys-escape = Close this window
keys-single = Single-key shortcuts are on
keys-close = Close
