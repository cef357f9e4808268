//! The entities: one line each, in the order of a snapshot; referenced entities come first. Below, the list of those whose pages have the
//! usual addresses.

use crate::{
    crud::PagesOf,
    drivers::Driver,
    employees::{Employee, office::People},
    ops::{Description, describe_entities},
    shift_templates::ShiftTemplate,
};

/// Passes the entities' types to a macro: `for_each_entity!(kinds)` is `kinds! { CalendarDay, ShiftTemplate, ... }`.
#[macro_export]
macro_rules! for_each_entity {
    ($macro:ident) => {
        $macro! {
            $crate::calendar::CalendarDay,
            $crate::shift_templates::ShiftTemplate,
            $crate::employees::Employee,
            $crate::settings::RegionSettings,
            $crate::timesheets::Timesheet,
            $crate::drivers::Driver,
        }
    };
}

macro_rules! descriptions {
    ($($entity:ty),+ $(,)?) => {
        static DESCRIPTIONS: &[Description] = &[$(Description::of::<$entity>()),+];
    };
}

for_each_entity!(descriptions);

/// The pages at the usual addresses, as an office PC makes them from its copy. `routes` has the same.
pub fn pages<O: People>() -> Vec<PagesOf<O>> {
    vec![PagesOf::of::<Employee>(), PagesOf::of::<ShiftTemplate>(), PagesOf::of::<Driver>()]
}

/// Registers the entities: call it before anything else in a process.
pub fn install() {
    describe_entities(DESCRIPTIONS);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::entity_at;

    #[test]
    fn an_address_is_below_the_list_of_one_entity_or_of_none() {
        install();
        let at = |path: &'static str| entity_at(path).map(|(entity, rest)| (entity.name, rest));
        assert_eq!(at("/employees"), Some(("employee", "")));
        assert_eq!(at("/employees/x/edit"), Some(("employee", "/x/edit")));
        assert_eq!(at("/employees-of-others/x"), None, "another list may begin with the same letters");
        assert_eq!(at("/"), None);
    }
}
