//! What a browser calls itself, in words: "Chrome 120, Windows". It helps people recognise their own sessions; no decision depends on it.

/// Mark in the text, name. The first one found counts: most browsers also name those they are built on.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

/// Mark in the text, name. Android's text says Linux as well, so it comes first.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// A browser and the system it runs on, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Browser {
    /// Name and version, or name and system, or both; empty where nothing is known.
    words: String,
}

impl Browser {
    /// Reads a `User-Agent`.
    pub fn of(user_agent: &str) -> Self {
        let browser = BROWSERS.iter().find_map(|(mark, name)| {
            let (_, rest) = user_agent.split_once(mark)?;
            let version: String = rest.chars().take_while(char::is_ascii_digit).collect();
            Some(format!("{name} {version}").trim_end().to_owned())
        });
        let system = SYSTEMS.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| (*name).to_owned());
        Self { words: browser.into_iter().chain(system).collect::<Vec<_>>().join(", ") }
    }

    /// `Chrome 120, Windows`; `None` if neither is known.
    pub fn words(&self) -> Option<&str> {
        (!self.words.is_empty()).then_some(self.words.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_known_by_their_own_name_and_not_by_those_they_imitate() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let cases = [
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/120.0.0.0 Safari/537.36"), "Chrome 120, Windows"),
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/121.0.0.0 Safari/537.36 Edg/121.0.0.0"), "Edge 121, Windows"),
            (format!("Mozilla/5.0 (Linux; Android 14; SM-A546E) {webkit} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"), "Samsung Internet 25, Android"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned(), "Firefox 128, Linux"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1".to_owned(), "Safari 17, iPhone"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15".to_owned(), "Safari 17, macOS"),
        ];
        for (user_agent, words) in cases {
            assert_eq!(Browser::of(&user_agent).words(), Some(words), "{user_agent}");
        }
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        assert_eq!(Browser::of("").words(), None);
        assert_eq!(Browser::of("curl/8.5.0").words(), None);
        assert_eq!(Browser::of("Mozilla/5.0 (Windows NT 10.0) Something/1").words(), Some("Windows"));
        assert_eq!(Browser::of("Firefox/").words(), Some("Firefox"));
    }
}
