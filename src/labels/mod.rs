//! People of the same name, told apart wherever they are seen together: by department or title, else by the first day.

pub mod db;

pub use rainstaff_pages::labels::*;
