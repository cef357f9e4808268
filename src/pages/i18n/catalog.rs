//! The texts themselves, read once from the embedded `locales` folder. Texts without values are kept formatted, so that a long list costs
//! one hash look-up per text and no allocation.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use foldhash::fast::RandomState;
use rust_embed::RustEmbed;

use super::{Lang, format};

#[derive(RustEmbed)]
#[folder = "../../locales"]
struct Files;

struct Catalog {
    bundle: FluentBundle<FluentResource>,
    /// By keys of this program: a page asks for hundreds.
    plain: HashMap<String, String, RandomState>,
}

static TR: LazyLock<Catalog> = LazyLock::new(|| read(Lang::Tr));
static EN: LazyLock<Catalog> = LazyLock::new(|| read(Lang::En));

fn catalog(lang: Lang) -> &'static Catalog {
    match lang {
        Lang::Tr => &TR,
        Lang::En => &EN,
    }
}

/// A text that takes no values, in `lang`, else in the default language.
pub fn plain(lang: Lang, key: &str) -> Option<&'static str> {
    let found = |lang| catalog(lang).plain.get(key).map(String::as_str);
    found(lang).or_else(|| found(Lang::default()))
}

/// A text with its values, in `lang`, else in the default language.
pub fn filled(lang: Lang, key: &str, values: &FluentArgs<'_>) -> Option<String> {
    let found = |lang| formatted(&catalog(lang).bundle, key, Some(values));
    found(lang).or_else(|| found(Lang::default()))
}

/// Every key that `lang` has a text for.
pub fn keys(lang: Lang) -> BTreeSet<String> {
    sources(lang).flat_map(|(_, source)| keys_of(&source).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn read(lang: Lang) -> Catalog {
    let mut bundle = FluentBundle::new_concurrent(lang.as_str().parse().into_iter().collect());
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match lang {
        Lang::Tr => |value, _| grouped(Lang::Tr, value),
        Lang::En => |value, _| grouped(Lang::En, value),
    }));
    let mut all_keys = Vec::new();
    for (name, source) in sources(lang) {
        all_keys.extend(keys_of(&source).map(str::to_owned));
        let resource = FluentResource::try_new(source).unwrap_or_else(|(resource, errors)| {
            tracing::error!(%name, ?errors, "text file with mistakes");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(%name, ?errors, "key written twice");
        }
    }
    let plain = all_keys.into_iter().filter_map(|key| formatted(&bundle, &key, None).map(|text| (key, text))).collect();
    Catalog { bundle, plain }
}

fn sources(lang: Lang) -> impl Iterator<Item = (String, String)> {
    Files::iter().filter(move |name| name.strip_prefix(lang.as_str()).is_some_and(|rest| rest.starts_with('/'))).filter_map(|name| {
        let file = Files::get(&name)?;
        Some((name.to_string(), String::from_utf8_lossy(&file.data).into_owned()))
    })
}

/// A key stands at the start of a line and is followed by ` =`.
fn keys_of(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| Some(line.split_once('=')?.0.trim_end()))
}

/// `None` if the key is unknown or a value is missing.
fn formatted(bundle: &FluentBundle<FluentResource>, key: &str, values: Option<&FluentArgs<'_>>) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, values, &mut errors).into_owned();
    errors.is_empty().then_some(text)
}

fn grouped(lang: Lang, value: &FluentValue<'_>) -> Option<String> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "texts count rows; fractions come in as words")]
        FluentValue::Number(number) if number.value.fract() == 0.0 => Some(format::number(lang, number.value as i64)),
        _ => None,
    }
}
