# Today

today-heading = Today, { $day }
today-heading-yesterday = Yesterday, { $day }
today-days = Choose a day
today-previous = Previous day
today-next = Next day
today-date = Day
today-go = Go
today-go-today = Back to today
today-future = This day has not come yet.

today-mark-holiday = { $name }, public holiday
today-mark-half-holiday = { $name }, public holiday from { $time }
today-mark-day-off = { $name }, day off
today-mark-half-day-off = { $name }, off from { $time }

today-blank-people = { $n ->
    [one] { $n } person blank
   *[other] { $n } people blank
}
today-complete = complete
today-done = { $done } / { $all }
today-nobody-planned = No shift is planned for this day.
today-no-template = Plans come from the days of the shift templates.
today-open-templates = Go to the templates
today-enter-all = Enter all as planned
today-absent = The row of somebody absent stays blank.
today-nobody = Nobody works here on this day
today-nobody-text = No employee has started and not left by this date. Change the date or add an employee.

today-employee = Employee
today-plan = Plan
today-state = State
today-start = Start
today-end = End
today-break = Break (min)
today-special = Special day
today-worked = Worked
today-overtime = Overtime
today-none = none
today-minutes = { $n } min
today-save = Save
today-as-planned = Enter
today-as-planned-hint = Enter as planned (Space)

today-state-blank = Blank
today-state-as-planned = As planned
today-state-different = Different
today-state-several = Several entries
today-state-unplanned = Not planned
today-state-holiday = Holiday
today-state-free = No plan
today-unsaved = Not saved

today-label = { $name }, { $day }, { $state }
today-label-times = { $start }-{ $end }
today-label-plan = plan { $start }-{ $end }

today-nothing-blank = Nobody is blank: this day is complete.
today-only-unsaved = What you typed in the blank rows is not saved yet. Save it in its row with Enter, or drop it with Esc.
today-nothing-to-undo = There is nothing to undo.

flash-today-entered = { $n ->
    [one] { $n } person was entered as planned.
   *[other] { $n } people were entered as planned.
}
flash-today-entered-partly = { $n ->
    [one] { $n } person was entered as planned. Not entered: { $name }
   *[other] { $n } people were entered as planned. Not entered: { $name }
}
flash-today-none-entered = Nobody could be entered. { $name }
flash-today-nothing-blank = Nobody was blank any more; no entry was added.
flash-today-undone = { $n ->
    [one] { $n } entry was taken back.
   *[other] { $n } entries were taken back.
}
flash-today-undone-partly = { $n ->
    [one] { $n } entry was taken back. Left alone, because changed since: { $name }
   *[other] { $n } entries were taken back. Left alone, because changed since: { $name }
}
flash-today-taken-back = { $name }: the entry was taken back.
flash-today-change-taken-back = { $name }: the change was taken back.

keys-today-rows = change the row; first and last row
keys-today-all = in the list: enter everybody blank as planned
keys-today-one = enter the row as planned
keys-today-type = type the start; Tab to end and break
keys-today-save = while typing: save, and on to the next blank row
keys-today-escape = while typing: give up
keys-today-delete = delete the row's entry
keys-today-undo = undo the last act
keys-today-days = previous and next day
