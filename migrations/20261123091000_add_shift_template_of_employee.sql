-- The shift a person usually works, where it is not the weekday's.
ALTER TABLE app.employees ADD COLUMN shift_template_id uuid,
    ADD CONSTRAINT employees_shift_template_fkey FOREIGN KEY (region, shift_template_id) REFERENCES app.shift_templates (region, id);
CREATE INDEX employees_by_shift_template ON app.employees (region, shift_template_id) WHERE shift_template_id IS NOT NULL;

CALL sec.protect_all();
