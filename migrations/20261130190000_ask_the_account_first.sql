-- Of the policies of a table PostgreSQL tries the one whose name comes last first. What a session's look goes by is named as its policy of
-- auth.sessions is, and settings that are not there are not looked at before it.
ALTER POLICY account ON auth.users RENAME TO token;
ALTER POLICY account ON auth.credentials RENAME TO token;
ALTER POLICY account ON auth.user_regions RENAME TO token;
