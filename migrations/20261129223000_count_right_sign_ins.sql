-- Right sign-ins of an account from an address in the current minute, 'in:NAME@ADDRESS': whoever has checked the password of a name counts them,
-- whatever becomes of the sessions.
CREATE POLICY login_right ON auth.login_state USING (starts_with(key, 'in:' || (SELECT sec.cfg('login')) || '@'));
