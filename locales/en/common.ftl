# Forms and lists of all pages.
field-region = Region
field-choose = Choose
field-none = None
field-time-placeholder = HH:MM
form-confirm = If that is right, press Enter once more to save.
form-errors =
    { $n ->
        [one] { $n } field needs attention; nothing was saved.
       *[other] { $n } fields need attention; nothing was saved.
    }
error-required = This field cannot be empty.
filter-apply = Filter
filter-clear = Clear
pager-label = Pages
pager-previous = Previous page
pager-next = Next page
pager-range =
    { $from }–{ $to } of { $total ->
        [one] { $total } entry
       *[other] { $total } entries
    }
file-xlsx = Excel
file-xlsx-label = Download Excel
file-csv = CSV
file-csv-label = Download CSV
file-all-rows = All entries of the filter
file-total = Total
file-too-long = This list does not fit on an Excel sheet (1,048,576 rows at most). Narrow the filter or download CSV.
yes = Yes
no = No
form-save = Save
form-cancel = Cancel
list-edit = Edit
list-delete = Delete
list-actions = Actions
filter-from = From
filter-to = To
filter-everybody = Everybody
time-just-now = just now
time-minutes-ago = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
time-hours-ago = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
time-days-ago = { $n ->
    [one] 1 day ago
   *[other] { $n } days ago
}

month-name-1 = January
month-name-2 = February
month-name-3 = March
month-name-4 = April
month-name-5 = May
month-name-6 = June
month-name-7 = July
month-name-8 = August
month-name-9 = September
month-name-10 = October
month-name-11 = November
month-name-12 = December
day-of-year = { $weekday } { $day } { $month }
list-history = History
paper-all-dates = All dates
