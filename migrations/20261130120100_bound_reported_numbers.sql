-- Numbers that browsers and PCs told of themselves before the server kept them within reason (src/contact/judge.rs: a hundred years of a clock,
-- a million operations). Each contact is written anew by the next one; what nobody will tell of again is drawn to the nearer end here.
SELECT set_config('app.regions', (SELECT string_agg(code, ',') FROM app.regions), true);

UPDATE app.queue_contact SET offset_ms = greatest(least(offset_ms, 3153600000000), -3153600000000)
WHERE offset_ms NOT BETWEEN -3153600000000 AND 3153600000000;
UPDATE app.queue_contact SET len = 1000000 WHERE len > 1000000;
UPDATE app.device_contact SET offset_ms = greatest(least(offset_ms, 3153600000000), -3153600000000)
WHERE offset_ms NOT BETWEEN -3153600000000 AND 3153600000000;
UPDATE app.device_contact SET waiting = 1000000 WHERE waiting > 1000000;
UPDATE app.queue_alarm SET amount = greatest(least(amount, 3153600000), -3153600000) WHERE amount NOT BETWEEN -3153600000 AND 3153600000;
UPDATE app.device_alarm SET amount = greatest(least(amount, 3153600000), -3153600000) WHERE amount NOT BETWEEN -3153600000 AND 3153600000;
