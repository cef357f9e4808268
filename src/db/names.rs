//! Names that look the same, for `rainstaff doctor`. Texts are cleaned where they enter, so no new ones arise; a person has to decide about
//! those that were stored before, so nothing is merged.

use super::{Read, ScopedTx};
use crate::identity::Region;

/// Names of one region that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFinding {
    /// What, as a short code.
    pub problem: String,
    /// The name, as it is seen; empty if nothing of it is visible.
    pub name: String,
    /// The rows' ids, or the regions' codes.
    pub rows: Vec<String>,
}

impl NameFinding {
    /// A sentence for the person who operates the server.
    pub fn sentence(&self, region: &Region) -> String {
        let (name, rows, count) = (&self.name, self.rows.join(", "), self.rows.len());
        match self.problem.as_str() {
            "no_name" => format!("In {region} {count} rows have a name of which nothing is to be seen ({rows}): give them one."),
            "template_twice" => {
                format!("In {region} {count} shift templates are called \"{name}\" ({rows}): rename or delete all but one.")
            }
            "day_twice" => format!("In {region} {count} days of the calendar are the same, \"{name}\" ({rows}): delete all but one."),
            "number_twice" => {
                format!("In {region} {count} people have one identity number ({rows}): correct it, or delete who is there twice.")
            }
            "person_twice" => format!(
                "In {region} {count} people called \"{name}\" have nothing that tells them apart ({rows}): give them a title, a department, a \
                 first day or an identity number, or delete who is there twice."
            ),
            "device_twice" => format!("In {region} {count} PCs are called \"{name}\" ({rows}): rename all but one."),
            "region_twice" => format!("The regions {rows} have names that look alike, \"{name}\": rename all but one."),
            _ => format!(
                "In {region} {count} names are stored with characters that are not to be seen: `CALL sec.clean_stored_names();` as the \
                 database's owner cleans them."
            ),
        }
    }
}

/// Findings about the names of the scope's one region. Several people may have the same name; they are reported if they also began on the
/// same day, or if their names were written differently until they were cleaned.
pub async fn find_doubtful(tx: &mut ScopedTx<Read>, region: &Region) -> Result<Vec<NameFinding>, sqlx::Error> {
    sqlx::query_as!(
        NameFinding,
        r#"
        WITH people AS (
            SELECT id,
                   full_name AS raw,
                   sec.clean(full_name) AS name,
                   nullif(replace(sec.clean(identity_no), ' ', ''), '') AS number,
                   sec.clean(department) AS department,
                   sec.clean(title) AS title,
                   hire_date,
                   is_active
            FROM app.employees
            WHERE region = $1 AND deleted_at IS NULL
        ), templates AS (
            SELECT id,
                   name AS raw,
                   sec.clean(name) AS name
            FROM app.shift_templates
            WHERE region = $1 AND deleted_at IS NULL
        ), days AS (
            SELECT id,
                   day,
                   name AS raw,
                   sec.clean(name) AS name
            FROM app.calendar_days
            WHERE region = $1 AND deleted_at IS NULL
        ), renamed AS (
            SELECT entity_id AS id
            FROM app.change_log
            WHERE region = $1 AND entity = 'employee' AND action = 'update' AND origin = 'system' AND actor IS NULL AND after ? 'full_name'
        ), found AS (
            SELECT 'no_name' AS problem, '' AS name, array_agg(id::text ORDER BY id) AS rows
            FROM (SELECT id, name FROM people UNION ALL SELECT id, name FROM templates UNION ALL SELECT id, name FROM days) n
            WHERE name = ''
            UNION ALL
            SELECT 'template_twice', name, array_agg(id::text ORDER BY id) FROM templates WHERE name <> '' GROUP BY name HAVING count(*) > 1
            UNION ALL
            SELECT 'day_twice', name, array_agg(id::text ORDER BY id) FROM days WHERE name <> '' GROUP BY day, name HAVING count(*) > 1
            UNION ALL
            SELECT 'number_twice', '', array_agg(id::text ORDER BY id) FROM people WHERE number IS NOT NULL GROUP BY number HAVING count(*) > 1
            UNION ALL
            SELECT 'person_twice', name, array_agg(id::text ORDER BY id) FROM people WHERE is_active AND name <> ''
            GROUP BY name, department, title, hire_date
            HAVING count(*) > 1 AND count(DISTINCT number) < 2 AND (hire_date IS NOT NULL OR bool_or(id IN (SELECT id FROM renamed)))
            UNION ALL
            SELECT 'device_twice', min(name), array_agg(id::text ORDER BY id) FROM auth.devices WHERE region = $1 AND revoked_at IS NULL
            GROUP BY sec.fold(name) HAVING count(*) > 1
            UNION ALL
            SELECT 'region_twice', min(name), array_agg(code ORDER BY code) FROM app.regions
            GROUP BY sec.fold(name) HAVING count(*) > 1 AND min(code) = $1
            UNION ALL
            SELECT 'not_clean', '', array_agg(id::text ORDER BY id)
            FROM (SELECT id, raw, name FROM people UNION ALL SELECT id, raw, name FROM days WHERE (day, name) NOT IN (SELECT day, name FROM days GROUP BY 1, 2 HAVING count(*) > 1)
                  UNION ALL SELECT id, raw, name FROM templates WHERE name NOT IN (SELECT name FROM templates GROUP BY 1 HAVING count(*) > 1)) n
            WHERE raw <> name AND name <> ''
        )
        SELECT problem AS "problem!",
               name AS "name!",
               rows AS "rows!"
        FROM found
        WHERE rows IS NOT NULL
        ORDER BY problem, name
        "#,
        region.code(),
    )
    .fetch_all(tx.conn())
    .await
}
