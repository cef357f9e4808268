# Pages that are made of fields alone

list-state = State
list-state-present = Present
list-bin = Deleted
list-bin-empty = Nothing was deleted
list-bin-empty-text = What was deleted by mistake stays here and can be restored.
list-none-found = Nothing matches
list-none-found-text = Try another word, or clear the filters.
form-back = Back to the list
form-edit = { $name }: edit
form-next-hint = Enter saves and opens an empty form for the next one.
row-is-deleted = This row was deleted; it can be restored from the list of what was deleted.
flash-row-created = { $name } was added.
flash-row-updated = { $name } was saved.
flash-row-merged = { $name }: saved, but the same field was changed by another person meanwhile. Both values are kept as a conflict.
flash-row-deleted = { $name } was deleted.
flash-row-not-deleted = { $name } was not deleted, because it was changed meanwhile. Look at it; press Delete again to delete it anyway.
flash-row-restored = { $name } was restored.
