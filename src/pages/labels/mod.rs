//! Distinguishes people of the same name on all pages: by department or title, else by the first day.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::civil::format_date_tr;

/// What distinguishes a person from a namesake.
#[derive(Debug, Clone, Copy)]
pub struct Face<'p> {
    /// The row's id.
    pub id: Uuid,
    /// The region's code; namesakes of two regions are distinguished by it.
    pub region: &'p str,
    /// "Ad Soyad".
    pub full_name: &'p str,
    /// "Departman".
    pub department: &'p str,
    /// "Ünvan".
    pub title: &'p str,
    /// First day.
    pub hire_date: Option<NaiveDate>,
}

/// The names that are shown for people where several have the same name.
#[derive(Debug, Clone, Default)]
pub struct Labels(HashMap<Uuid, String>);

impl Labels {
    /// Labels for a set of people.
    pub fn of<'p>(people: impl IntoIterator<Item = Face<'p>>) -> Self {
        let mut by_name: HashMap<(&str, &str), Vec<Face<'p>>> = HashMap::new();
        for face in people {
            by_name.entry((face.region, face.full_name)).or_default().push(face);
        }
        let namesakes = by_name.into_values().filter(|faces| faces.len() > 1);
        Self(namesakes.flat_map(|faces| label(&faces)).collect())
    }

    /// A person's name, or the label if there is one.
    pub fn name(&self, id: Uuid, full_name: &str) -> String {
        self.0.get(&id).cloned().unwrap_or_else(|| full_name.to_owned())
    }

    /// Replaces the name by the label, if there is one.
    pub fn apply(&self, id: Uuid, name: &mut String) {
        if let Some(label) = self.0.get(&id) {
            name.clone_from(label);
        }
    }
}

/// The first detail that differs for all of them, else all details, and numbers for people who are equal in all details.
fn label(faces: &[Face<'_>]) -> Vec<(Uuid, String)> {
    let mut faces = faces.to_vec();
    faces.sort_by_key(|face| (face.hire_date, face.id));
    let hired = |face: &Face<'_>| face.hire_date.map(format_date_tr).unwrap_or_default();
    let ways: [&dyn Fn(&Face<'_>) -> String; 5] = [
        &|face| face.department.to_owned(),
        &|face| face.title.to_owned(),
        &|face| joined(&[face.department, face.title]),
        &hired,
        &|face| joined(&[face.department, face.title, &hired(face)]),
    ];
    let tells_apart = |way: &&dyn Fn(&Face<'_>) -> String| faces.iter().map(way).collect::<HashSet<_>>().len() == faces.len();
    let Some(way) = ways.iter().find(|way| tells_apart(way)) else {
        let numbered = |(at, face): (usize, &Face<'_>)| (face.id, shown(face, &joined(&[&ways[4](face), &(at + 1).to_string()])));
        return faces.iter().enumerate().map(numbered).collect();
    };
    faces.iter().map(|face| (face.id, shown(face, &way(face)))).collect()
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ")
}

/// "Ayşe Yılmaz (Saha)"; one of several may have no detail.
fn shown(face: &Face<'_>, detail: &str) -> String {
    if detail.is_empty() { face.full_name.to_owned() } else { format!("{} ({detail})", face.full_name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(n: u128, department: &'static str, title: &'static str, hired: &str) -> Face<'static> {
        Face { id: Uuid::from_u128(n), region: "ankara", full_name: "Ayşe Yılmaz", department, title, hire_date: hired.parse().ok() }
    }

    fn labels(faces: &[Face<'_>]) -> Vec<String> {
        let labels = Labels::of(faces.iter().copied());
        faces.iter().map(|face| labels.name(face.id, face.full_name)).collect()
    }

    #[test]
    fn namesakes_are_told_apart_by_the_first_thing_that_differs() {
        assert_eq!(labels(&[face(1, "Saha", "", "")]), ["Ayşe Yılmaz"]);
        assert_eq!(labels(&[face(1, "Saha", "", ""), face(2, "Depo", "", "")]), ["Ayşe Yılmaz (Saha)", "Ayşe Yılmaz (Depo)"]);
        assert_eq!(labels(&[face(1, "Saha", "", ""), face(2, "", "", "")]), ["Ayşe Yılmaz (Saha)", "Ayşe Yılmaz"]);
        assert_eq!(labels(&[face(1, "Saha", "Şoför", ""), face(2, "Saha", "Formen", "")]), ["Ayşe Yılmaz (Şoför)", "Ayşe Yılmaz (Formen)"]);
        assert_eq!(
            labels(&[face(1, "Saha", "Şoför", "2020-01-02"), face(2, "Saha", "Şoför", "2021-03-01")]),
            ["Ayşe Yılmaz (02.01.2020)", "Ayşe Yılmaz (01.03.2021)"]
        );
        assert_eq!(
            labels(&[face(1, "Saha", "Şoför", ""), face(2, "Saha", "Formen", ""), face(3, "Depo", "Şoför", "")]),
            ["Ayşe Yılmaz (Saha, Şoför)", "Ayşe Yılmaz (Saha, Formen)", "Ayşe Yılmaz (Depo, Şoför)"]
        );
        assert_eq!(labels(&[face(1, "Saha", "", ""), face(2, "Saha", "", "")]), ["Ayşe Yılmaz (Saha, 1)", "Ayşe Yılmaz (Saha, 2)"]);
    }

    #[test]
    fn namesakes_of_two_regions_are_told_apart_by_these() {
        let other = Face { region: "izmir", ..face(2, "Saha", "", "") };
        assert_eq!(labels(&[face(1, "Saha", "", ""), other]), ["Ayşe Yılmaz", "Ayşe Yılmaz"]);
    }
}
