# Shift templates

template-add = Add template
template-new = New shift template
template-edit = { $name }: edit template
template-edit-hint = The change is for entries made from now on; old timesheets stay as they are.
template-back = Back to the templates
template-bin = Deleted ones
template-bin-intro = Deleted templates. A restored one can be chosen again.
template-intro = A template fills in the times of a timesheet. Changing or deleting one does not change old entries.
template-name = Template name
template-length = Work (h)
template-weekdays = Default of
template-weekdays-hint = On these days the timesheet form opens with these times.
template-end-hint = Earlier than the start means the next day.
template-overruled = { $day } opens with “{ $winner }”: of several templates that want a day, the first by name has it.
template-none = No shift templates yet
template-none-text = Enter the region's usual times once, and the timesheet form fills them in.
template-none-deleted = No deleted templates
template-none-deleted-text = A template deleted by mistake is kept here and can be restored.

flash-template-created = Template { $name } was added.
flash-template-updated = Template { $name } was saved. Old timesheets have not changed.
flash-template-merged = { $name }: saved, but somebody else changed the same field meanwhile. Both values are kept as a conflict.
flash-template-deleted = Template { $name } was deleted. Old timesheets have not changed.
flash-template-not-deleted = Template { $name } was changed meanwhile and has not been deleted. Look at the current state; press Delete again if you still want to.
flash-template-restored = Template { $name } was restored.
