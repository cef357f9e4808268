//! Texts, numbers and dates in the reader's language. Texts live in `locales/{tr,en}/*.ftl` (Fluent); Turkish is the default and the
//! language to fall back on. Templates use the filters (`{{ "nav-timesheets"|t }}`), Rust uses [`t`] and [`t_with`].

mod ago;
mod catalog;
pub mod filters;
pub mod format;

use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentValue};

pub use ago::Ago;
pub use catalog::keys;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Turkish, the company's language.
    #[default]
    Tr,
    /// English.
    En,
}

impl Lang {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::Tr, Self::En];

    /// The word in the table, in `lang=""` and in the folder's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tr => "tr",
            Self::En => "en",
        }
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tr => "Türkçe",
            Self::En => "English",
        }
    }

    /// Parses the word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "tr" => Some(Self::Tr),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The language for a visitor who is not signed in (`Accept-Language`): the first supported one, else Turkish.
    pub fn from_accept_language(header: &str) -> Self {
        let mut wishes: Vec<(f32, Self)> = header
            .split(',')
            .filter_map(|wish| {
                let mut parts = wish.split(';');
                let lang = Self::parse(parts.next()?.trim().split('-').next()?.to_ascii_lowercase().as_str())?;
                let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
                Some((quality, lang))
            })
            .filter(|(quality, _)| *quality > 0.0)
            .collect();
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
        wishes.first().map_or_else(Self::default, |(_, lang)| *lang)
    }
}

/// A value put into a text: a count, a name.
pub trait Arg {
    /// The value as Fluent takes it. Numbers stay numbers, so that texts can choose singular and plural.
    fn value(&self) -> FluentValue<'_>;
}

impl Arg for str {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::String(Cow::Borrowed(self))
    }
}

impl Arg for String {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().value()
    }
}

impl<T: Arg + ?Sized> Arg for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

macro_rules! numbers_are_args {
    ($($number:ty)*) => {$(
        impl Arg for $number {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )*};
}
numbers_are_args!(u8 i16 u16 i32 u32 i64 u64 usize);

/// The text of `key`. A key without a text is shown itself; `tests/it/i18n.rs` prevents that.
pub fn t(lang: Lang, key: &str) -> &str {
    catalog::plain(lang, key).unwrap_or_else(|| {
        tracing::error!(key, "text without a translation");
        key
    })
}

/// The text of a stored word from a fixed list: its key is the prefix and the word. `None` for a word of a newer version of the program.
pub fn choice(lang: Lang, prefix: &str, word: &str) -> Option<&'static str> {
    catalog::plain(lang, &format!("{prefix}{}", word.replace('_', "-")))
}

/// The text of `key` with values in it: `t_with(lang, "pill-waiting", &[("n", &3)])`.
pub fn t_with(lang: Lang, key: &str, args: &[(&str, &dyn Arg)]) -> String {
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, arg) in args {
        values.set(*name, arg.value());
    }
    catalog::filled(lang, key, &values).unwrap_or_else(|| {
        tracing::error!(key, "text without a translation");
        key.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_we_have_wins() {
        assert_eq!(Lang::from_accept_language("de-DE,de;q=0.9,en;q=0.8,tr;q=0.7"), Lang::En);
        assert_eq!(Lang::from_accept_language("en;q=0.3, tr-TR;q=0.9"), Lang::Tr);
        assert_eq!(Lang::from_accept_language("en;q=0"), Lang::Tr);
        assert_eq!(Lang::from_accept_language("fr"), Lang::Tr);
        assert_eq!(Lang::from_accept_language(""), Lang::Tr);
    }

    #[test]
    fn plain_texts_come_in_both_languages() {
        assert_eq!(t(Lang::Tr, "nav-employees"), "Çalışanlar");
        assert_eq!(t(Lang::En, "nav-employees"), "Employees");
    }

    #[test]
    fn a_count_is_grouped_and_chooses_its_plural() {
        let range = |lang, total: u32| t_with(lang, "pager-range", &[("from", &1), ("to", &1), ("total", &total)]);
        assert_eq!(range(Lang::Tr, 1300), "1.300 kayıttan 1–1 arası");
        assert_eq!(range(Lang::En, 1300), "1–1 of 1,300 entries");
        assert_eq!(range(Lang::En, 1), "1–1 of 1 entry");
    }

    #[test]
    fn an_unknown_key_shows_itself() {
        assert_eq!(t(Lang::En, "no-such-key"), "no-such-key");
        assert_eq!(t_with(Lang::En, "no-such-key", &[]), "no-such-key");
    }
}
