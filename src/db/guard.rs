//! The start-up guard: asks the catalog whether the regions really are kept apart. The server binds no port while a finding is fatal.

use sqlx::Row;

use super::{Capability, Db, SystemTx};

/// A finding about the database. Names starting with `warn_` do not stop the server; those starting with `note_` are no problem, but the
/// operator should know of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What, as a short code.
    pub problem: String,
    /// Where.
    pub detail: String,
}

impl Finding {
    /// Whether the server must not serve with this finding.
    pub fn is_fatal(&self) -> bool {
        !self.problem.starts_with("warn_") && !self.is_note()
    }

    /// Whether there is nothing to repair.
    pub fn is_note(&self) -> bool {
        self.problem.starts_with("note_")
    }

    /// A sentence for the person who operates the server.
    pub fn sentence(&self) -> String {
        let d = &self.detail;
        match self.problem.as_str() {
            "role_superuser" => {
                format!("The database user {d} is a superuser and would bypass row-level security: connect as an ordinary owner.")
            }
            "role_bypassrls" => format!("The database role {d} has BYPASSRLS: take it away (ALTER ROLE {d} NOBYPASSRLS)."),
            "can_become_bypass" => {
                format!("The serving role is a member of {d}, which bypasses row-level security: revoke the membership.")
            }
            "rls_off" => format!("Row-level security is off or not forced on {d}: run CALL sec.protect_all() as the owner."),
            "rls_inactive" => format!("Row-level security does not apply to the serving role on {d}."),
            "policy_shape" => format!("The policy {d} is not the one of sec.protect_all(): run CALL sec.protect_all() as the owner."),
            "policy_count" => {
                format!("The table {d} does not have exactly the one policy by_region: run CALL sec.protect_all() as the owner.")
            }
            "regions_open" => {
                format!("{d} may be written by more than an admin's act: restore its policies and rights from the migrations.")
            }
            "app_role_owns" => format!("The serving role owns {d} and could take its policy off: give the table to the owner."),
            "app_role_may_truncate" => format!("The serving role may TRUNCATE {d}: revoke it."),
            "log_may_change" => format!("The serving role may change or delete rows of the log {d}: revoke it."),
            "scope_widened" => format!("{d} works in regions that the caller did not enter: restore the functions from the migrations."),
            "scope_optional" => format!("{d} answers a transaction that entered no region: restore the function from the migrations."),
            "second_connection" => format!("A second connection to the database is not like the first: {d}."),
            "warn_one_login" => format!(
                "The login {d} serves and may become the owner of the tables, so SQL slipped into a query could take the policies off: give serving \
                 a login of its own (RAINSTAFF_APP_PASSWORD or RAINSTAFF_APP_DATABASE_URL; docs/DEPLOY.md, \"Two logins\")."
            ),
            "warn_login_makes_roles" => {
                format!("The login {d} serves and may make roles: take that away (as a superuser: ALTER ROLE {d} NOCREATEROLE).")
            }
            "note_owner_makes_roles" => format!(
                "The owner {d} may still make roles, which it needed once: ALTER ROLE {d} NOCREATEROLE, as a superuser. Where the host gives you \
                 none, leave it: nobody who serves can become {d}."
            ),
            _ => format!("{}: {d}", self.problem),
        }
    }
}

/// Runs the checks as the role that serves. An empty list means: safe to serve.
pub async fn check(db: &Db) -> Result<Vec<Finding>, sqlx::Error> {
    let mut tx = db.system(&Capability::Users(None)).await?;
    let rows = sqlx::query(GUARD).fetch_all(tx.conn()).await?;
    let findings = rows.iter().map(|row| Ok(Finding { problem: row.try_get(0)?, detail: row.try_get(1)? }));
    let mut findings = findings.collect::<Result<Vec<_>, sqlx::Error>>()?;
    if db.pool_figures().most > 1 {
        let mut second = db.system(&Capability::Users(None)).await?; // while the first is in use
        let (one, other) = (who_acts(&mut tx).await?, who_acts(&mut second).await?);
        if one != other {
            findings.push(Finding { problem: "second_connection".into(), detail: format!("{one} and {other}") });
        }
    }
    if !has_no_scope(&mut tx).await? {
        findings.push(Finding { problem: "scope_optional".into(), detail: "sec.regions()".into() });
    }
    Ok(findings)
}

/// The user under which a transaction runs, and its limits.
async fn who_acts(tx: &mut SystemTx) -> Result<String, sqlx::Error> {
    let sql = "SELECT concat_ws(', ', current_user, session_user, current_database(), current_setting('row_security'), current_setting('search_path'),
                                current_setting('statement_timeout'), current_setting('lock_timeout'))";
    sqlx::query_scalar(sql).fetch_one(tx.conn()).await
}

/// Whether a transaction outside the regions is kept out of them: asking for its regions has to be an error, not an empty result. The
/// transaction cannot be used afterwards.
pub async fn has_no_scope(tx: &mut SystemTx) -> Result<bool, sqlx::Error> {
    match sqlx::query("SELECT sec.regions()").execute(tx.conn()).await {
        Ok(_) => Ok(false),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("RS001") => Ok(true),
        Err(error) => Err(error),
    }
}

// Asks the catalog only, so the compile-time check of queries has nothing to verify.
const GUARD: &str = r"
WITH me AS (SELECT * FROM pg_roles WHERE rolname IN (current_user, session_user)),
     tables AS (SELECT c.*, c.oid::regclass::text AS rel, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname IN ('app', 'auth') AND c.relkind IN ('r', 'p') AND c.oid <> 'app.regions'::regclass)
SELECT 'role_superuser' AS problem, rolname::text AS detail FROM me WHERE rolsuper
UNION ALL SELECT 'role_bypassrls', rolname FROM me WHERE rolbypassrls
UNION ALL SELECT 'can_become_bypass', r.rolname FROM pg_roles r
    WHERE (r.rolsuper OR r.rolbypassrls) AND r.rolname NOT IN (current_user, session_user)
      AND (pg_has_role(current_user, r.oid, 'MEMBER') OR pg_has_role(session_user, r.oid, 'MEMBER'))
UNION ALL SELECT 'rls_off', rel FROM tables WHERE NOT (relrowsecurity AND relforcerowsecurity)
UNION ALL SELECT 'rls_inactive', rel FROM tables WHERE relrowsecurity AND relforcerowsecurity AND NOT row_security_active(oid)
UNION ALL SELECT 'policy_shape', p.schemaname || '.' || p.tablename || '.' || p.policyname FROM pg_policies p WHERE p.schemaname = 'app' AND p.tablename <> 'regions'
    AND (p.permissive <> 'PERMISSIVE' OR p.qual IS DISTINCT FROM '(region = ANY (( SELECT sec.regions() AS regions)::text[]))' OR p.with_check IS DISTINCT FROM p.qual)
UNION ALL SELECT 'regions_open', 'app.regions' FROM pg_class c WHERE c.oid = 'app.regions'::regclass AND (NOT c.relrowsecurity
    OR has_table_privilege(c.oid, 'DELETE, TRUNCATE') OR has_column_privilege(c.oid, 'code', 'UPDATE') OR has_column_privilege(c.oid, 'kind', 'INSERT, UPDATE')
    OR EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = 'app' AND p.tablename = 'regions' AND p.cmd <> 'SELECT'
               AND p.with_check IS DISTINCT FROM '(( SELECT sec.administers(''regions''::text) AS administers) AND (kind = ''office''::text))'))
UNION ALL SELECT 'policy_count', rel FROM tables t WHERE nspname = 'app' AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = t.oid) <> 1
UNION ALL SELECT 'no_policy', rel FROM tables t WHERE nspname = 'auth' AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid)
UNION ALL SELECT 'app_role_owns', rel FROM tables t WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
UNION ALL SELECT 'app_role_may_truncate', rel FROM tables t WHERE has_table_privilege(oid, 'TRUNCATE')
UNION ALL SELECT 'log_may_change', rel FROM tables t WHERE nspname = 'app' AND relname IN ('op_inbox', 'op_verdict', 'change_log', 'activity_event', 'region_head')
    AND (has_table_privilege(oid, 'DELETE') OR has_any_column_privilege(oid, 'UPDATE'))
UNION ALL SELECT 'log_may_change', c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'sec'::regnamespace AND c.relname = 'staged_change'
    AND (has_table_privilege(c.oid, 'DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'))
UNION ALL SELECT 'pk_without_region', rel FROM tables t WHERE nspname = 'app' AND NOT EXISTS (
    SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = t.oid AND i.indisprimary AND a.attname = 'region')
UNION ALL SELECT 'unique_without_region', i.indexrelid::regclass::text FROM pg_index i JOIN tables t ON t.oid = i.indrelid WHERE t.nspname = 'app' AND i.indisunique
    AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'region' AND a.attnum = ANY (i.indkey))
UNION ALL SELECT 'exclusion_without_region', i.indexrelid::regclass::text FROM pg_index i JOIN tables t ON t.oid = i.indrelid WHERE t.nspname = 'app' AND i.indisexclusion
    AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'region' AND a.attnum = ANY (i.indkey))
    AND coalesce(pg_get_expr(i.indexprs, i.indrelid), '') !~ '\mregion\M'
UNION ALL SELECT 'fk_without_region', con.conrelid::regclass::text || '.' || con.conname FROM pg_constraint con JOIN tables t ON t.oid = con.conrelid
    WHERE t.nspname = 'app' AND con.contype = 'f' AND con.confrelid <> 'app.regions'::regclass
    AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = con.conrelid AND a.attname = 'region' AND a.attnum = ANY (con.conkey))
UNION ALL SELECT 'view_not_invoker', c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('app', 'auth') AND c.relkind = 'v' AND NOT coalesce(c.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
UNION ALL SELECT 'matview', c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('app', 'auth') AND c.relkind = 'm'
UNION ALL SELECT 'secdef_without_path', p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('app', 'auth', 'sec') AND p.prosecdef AND NOT coalesce(array_to_string(p.proconfig, ';') LIKE '%search_path=%', false)
UNION ALL SELECT 'scope_widened', p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('app', 'auth', 'sec') AND (array_to_string(p.proconfig, ';') LIKE '%app.regions=%' OR p.prosrc ~* 'set_config\s*\(\s*''app\.regions')
    AND (p.oid IS DISTINCT FROM to_regprocedure('sec.keep_ids_apart()') OR p.prorettype <> 'trigger'::regtype)
    AND has_function_privilege(p.oid, 'EXECUTE')
UNION ALL SELECT 'leakproof_udf', p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('app', 'auth', 'sec') AND p.proleakproof
UNION ALL SELECT 'pg_rls_cve', v::text FROM (SELECT current_setting('server_version_num')::int AS v) x
    WHERE v < 150014 OR v BETWEEN 160000 AND 160009 OR v BETWEEN 170000 AND 170005
UNION ALL SELECT 'warn_pg_minor', v::text FROM (SELECT current_setting('server_version_num')::int AS v) x
    WHERE v < 150018 OR v BETWEEN 160000 AND 160013 OR v BETWEEN 170000 AND 170009 OR v BETWEEN 180000 AND 180003
UNION ALL (SELECT DISTINCT 'warn_one_login', session_user::text FROM tables t WHERE pg_has_role(session_user, t.relowner, 'MEMBER'))
UNION ALL SELECT 'warn_login_makes_roles', rolname FROM me WHERE rolcreaterole AND rolname = session_user
UNION ALL SELECT 'note_owner_makes_roles', r.rolname FROM pg_roles r
    WHERE r.rolcreaterole AND r.rolname <> session_user AND r.oid IN (SELECT t.relowner FROM tables t)
UNION ALL SELECT 'row_security_guc', current_setting('row_security') WHERE current_setting('row_security') <> 'on'
";
