# Reports: summary by employee.

summary-title = Employee summary
summary-all-departments = All departments
summary-all-titles = All titles
summary-search = Search name, department, title or note
summary-entries = Entries
summary-people = Employees
summary-special = Special day
summary-average = Average overtime
summary-best-day = Busiest day
summary-none = No entry fits the filters
file-summary = summary
