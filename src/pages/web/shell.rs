//! The parts that are the same on every page. Each has its own template: `base.html` is compiled into every page that extends it, these
//! only once.

use std::fmt;

use askama::{FastWritable, Template, Values};

use super::{assets::asset, filters, page::Ctx};

/// What the head of a page holds besides its title.
#[derive(Debug, Template)]
#[template(path = "shell/head.html")]
pub struct Head<'a> {
    ctx: &'a Ctx,
}

/// The side bar; empty if no user is signed in.
#[derive(Debug, Template)]
#[template(path = "shell/side.html")]
pub struct Side<'a> {
    ctx: &'a Ctx,
}

/// What stands above the heading.
#[derive(Debug, Template)]
#[template(path = "shell/strips.html")]
pub struct Strips<'a> {
    ctx: &'a Ctx,
}

/// What stands beside the heading, after the page's own buttons.
#[derive(Debug, Template)]
#[template(path = "shell/tools.html")]
pub struct Tools;

/// What stands under the heading.
#[derive(Debug, Template)]
#[template(path = "shell/notes.html")]
pub struct Notes<'a> {
    ctx: &'a Ctx,
}

/// What stands below the page.
#[derive(Debug, Template)]
#[template(path = "shell/foot.html")]
pub struct Foot<'a> {
    ctx: &'a Ctx,
}

/// The keys that work on every page.
#[derive(Debug, Template)]
#[template(path = "shell/keys.html")]
pub struct Keys;

impl Ctx {
    /// For the top of `<head>`.
    pub fn head(&self) -> Head<'_> {
        Head { ctx: self }
    }

    /// The side bar.
    pub fn side(&self) -> Side<'_> {
        Side { ctx: self }
    }

    /// What stands above the heading.
    pub fn strips(&self) -> Strips<'_> {
        Strips { ctx: self }
    }

    /// What stands under the heading.
    pub fn notes(&self) -> Notes<'_> {
        Notes { ctx: self }
    }

    /// What stands below the page.
    pub fn foot(&self) -> Foot<'_> {
        Foot { ctx: self }
    }
}

/// An icon of the sprite, as decoration: the text is beside it or in the button's `aria-label`.
#[derive(Debug, Clone, Copy)]
pub struct Icon<'a> {
    name: &'a str,
    class: &'a str,
}

/// The icon of that name in static/icons, with its own classes. Both come from templates and code, never from users.
pub fn icon<'a>(name: &'a str, class: &'a str) -> Icon<'a> {
    Icon { name, class }
}

impl fmt::Display for Icon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, class } = self;
        let file = asset("icons.svg");
        write!(f, r#"<svg class="icon {class}" aria-hidden="true" focusable="false"><use href="{file}#{name}"/></svg>"#)
    }
}

impl FastWritable for Icon<'_> {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(write!(dest, "{self}")?)
    }
}
