//! The house has floors: a room of `src/` uses rooms below it, and no two rooms use each other, whichever way round.
//!
//! Read from the sources, token by token: comments and strings are ignored, macros are not. Tests inside rooms may use any room. A room may
//! have a part in each of the crates (its types in `core`, its pages in `pages`, its queries in the server): it is one room. cargo enforces
//! on what each crate may build; the last test checks what `core` and `pages` must not use.

#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// From the ground up. A room that stands in no line is on the floor of the features, between `FEATURES` and `ROOF`: its order there is free, as
/// long as there is no circle.
const GROUND: &[&[&str]] = &[
    // Pure values, without I/O.
    &["text", "ids", "fold", "clock", "collate"],
    &["complaint"],
    &["civil", "identity_no", "money", "phone", "plate"],
    &["identity", "hours"],
    &["ops"],
    &["wire", "desktop"],
    // What a process has.
    &["cluster", "config", "database", "telemetry", "i18n"],
    &["db"],
    &["error", "metrics", "offline_mode", "labels"],
    &["passwords", "file_places"],
    &["state"],
    &["web"],
    // The spine.
    &["events", "words", "regions"],
    &["auth"],
    &["sync", "alarms"],
];
const SRC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
/// The crates below and beside the server, which is `src/` itself.
const CRATES: [&str; 5] = ["agent", "cluster", "core", "http", "pages"];
/// What a browser cannot run.
const ONLY_ON_MACHINES: [&str; 8] = ["actix-http", "actix-web", "mio", "reqwest", "rusqlite", "socket2", "sqlx-core", "tokio"];
/// What knows all rooms.
const ROOF: &[&str] = &["registry", "openapi", "routes", "app", "cli", "copy", "agent", "lib", "main", "bin"];

#[test]
fn no_room_uses_one_above_it_and_no_circle_is_left() {
    let uses = uses_of(Path::new(SRC));
    assert!(uses.len() > 40, "{} rooms", uses.len());
    let wrong: Vec<String> = uses
        .iter()
        .flat_map(|(room, used)| used.iter().map(move |(other, file)| (room, other, file)))
        .filter(|(room, other, _)| floor_of(other) > floor_of(room))
        .map(|(room, other, file)| format!("{file}: `{room}` uses `{other}`, which stands above it"))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(circles(&uses), Vec::<String>::new());
}

#[test]
fn a_use_that_was_turned_is_found_with_its_file() {
    let mut seen = BTreeSet::new();
    collect(
        r#"
        // crate::comment
        use crate::{a::{B, c::D}, e as f, g};
        use rainstaff_http::{answer::html, error};
        use other_crate::rooms;
        fn h() { let _ = "crate::string"; query!(crate::i::J); pub_in::crate_::k; }
        #[cfg(test)]
        mod tests { use crate::only_in_tests; }
        "#
        .parse()
        .unwrap(),
        &mut seen,
    );
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["a", "e", "g", "http::answer", "http::error", "i"]);
    assert_eq!(
        (room_of("http", "answer"), room_of("http", "error"), room_of("pages", "crud")),
        ("web".into(), "error".into(), "crud".into())
    );
    let uses = |pairs: &[(&str, &str)]| {
        let mut uses = BTreeMap::<String, BTreeMap<String, String>>::new();
        for (room, other) in pairs {
            uses.entry((*room).into()).or_default().insert((*other).into(), format!("src/{room}.rs"));
        }
        uses
    };
    assert_eq!(circles(&uses(&[("a", "b"), ("b", "c"), ("a", "c")])), Vec::<String>::new());
    assert_eq!(circles(&uses(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")])), ["a -> b (src/a.rs) -> c (src/b.rs) -> a (src/c.rs)"]);
    assert!(
        floor_of("text") < floor_of("sync") && floor_of("sync") < floor_of("timesheets") && floor_of("timesheets") < floor_of("routes")
    );
}

#[test]
fn rules_and_pages_need_nothing_that_a_browser_lacks() {
    let needs = |package: &str| {
        let mut cargo = Command::new(env!("CARGO"));
        let tree = cargo.args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--package", package]);
        let answer = tree.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        let lines = String::from_utf8(answer.stdout).unwrap();
        lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect::<BTreeSet<String>>()
    };
    for package in ["rainstaff-core", "rainstaff-pages"] {
        let all = needs(package);
        let barred: Vec<_> = ONLY_ON_MACHINES.iter().filter(|barred| all.contains(**barred)).collect();
        assert!(barred.is_empty(), "{package} needs {barred:?}");
        assert!(all.contains("chrono"), "{all:?}");
    }
    let server = needs("rainstaff");
    for barred in ONLY_ON_MACHINES.iter().filter(|barred| **barred != "reqwest") {
        assert!(server.contains(*barred), "{barred}: a name that nothing bears any more");
    }
    let agent = needs("rainstaff-agent");
    assert!(agent.contains("reqwest") && !agent.contains("sqlx-core"));
}

fn floor_of(room: &str) -> usize {
    let features = GROUND.len();
    if ROOF.contains(&room) {
        return features + 1;
    }
    GROUND.iter().position(|floor| floor.contains(&room)).unwrap_or(features)
}

/// Room, the rooms that it uses, and a file that does.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

fn uses_of(src: &Path) -> Uses {
    let mut uses = Uses::new();
    let mut folders = vec![src.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "tests" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|kind| kind == "rs") && name != "tests.rs" {
                let within = path.strip_prefix(src).unwrap();
                let mut parts = within.components().map(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned());
                let first = parts.next().unwrap();
                let (house, first) = if CRATES.contains(&&*first) { (first, parts.next().unwrap()) } else { ("server".to_owned(), first) };
                let room = room_of(&house, &first);
                let mut seen = BTreeSet::new();
                collect(fs::read_to_string(&path).unwrap().parse().unwrap(), &mut seen);
                let used = uses.entry(room.clone()).or_default();
                for other in
                    seen.iter().map(|word| word.split_once("::").map_or_else(|| room_of(&house, word), |(of, word)| room_of(of, word)))
                {
                    if other != room {
                        used.entry(other).or_insert_with(|| format!("src/{}", within.display()));
                    }
                }
            }
        }
    }
    uses
}

/// The room of a module at the top of a crate. All of `http` is the lower part of the room `web`, but for what bears another room's name.
fn room_of(house: &str, module: &str) -> String {
    match (house, module) {
        ("http", "database" | "error" | "passwords") => module.to_owned(),
        ("http", _) => "web".to_owned(),
        // Macros stand at the top of their crate.
        (_, "values") => "ops".to_owned(),
        (_, "page_row") => "crud".to_owned(),
        ("cluster", _) => "cluster".to_owned(),
        ("agent", own) if Path::new(&format!("{SRC}/agent/{own}.rs")).exists() || Path::new(&format!("{SRC}/agent/{own}")).exists() => {
            "agent".to_owned()
        }
        (_, room) => room.to_owned(),
    }
}

/// Every room that is named behind `crate::`, and with its crate every one behind `rainstaff_pages::` and the like.
fn collect(tokens: TokenStream, seen: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if is_for_tests(&tokens[at..]) {
            at += 2;
            while !matches!(&tokens[at], TokenTree::Group(body) if body.delimiter() == Delimiter::Brace)
                && !matches!(&tokens[at], TokenTree::Punct(end) if end.as_char() == ';')
            {
                at += 1;
            }
        } else if let [TokenTree::Ident(word), TokenTree::Punct(a), TokenTree::Punct(b), then, ..] = &tokens[at..]
            && let Some(house) = crate_of(&word.to_string())
            && (a.as_char(), b.as_char()) == (':', ':')
        {
            let mut rooms = BTreeSet::new();
            match then {
                TokenTree::Ident(room) => _ = rooms.insert(room.to_string()),
                TokenTree::Group(several) => first_of_each(several.stream(), &mut rooms),
                _ => {}
            }
            seen.extend(rooms.into_iter().map(|room| format!("{house}{room}")));
            at += 3;
        } else if let TokenTree::Group(group) = &tokens[at] {
            collect(group.stream(), seen);
        }
        at += 1;
    }
}

/// What stands before the rooms of a crate: nothing for the crate itself. None for another crate than ours.
fn crate_of(word: &str) -> Option<String> {
    let named = || word.strip_prefix("rainstaff_").filter(|house| CRATES.contains(house)).map(|house| format!("{house}::"));
    if word == "crate" { Some(String::new()) } else { named() }
}

/// `#[cfg(test)]`.
fn is_for_tests(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(mark), TokenTree::Group(attribute), ..]
        if mark.as_char() == '#' && attribute.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// The first word of each part between commas.
fn first_of_each(list: TokenStream, seen: &mut BTreeSet<String>) {
    let mut is_first = true;
    for token in list {
        match token {
            TokenTree::Ident(room) if is_first => _ = seen.insert(room.to_string()),
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                is_first = true;
                continue;
            }
            _ => {}
        }
        is_first = false;
    }
}

/// Circles, each as the way round it.
fn circles(uses: &Uses) -> Vec<String> {
    let (mut found, mut done) = (Vec::new(), BTreeSet::new());
    for room in uses.keys() {
        walk(uses, room, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

fn walk<'u>(uses: &'u Uses, room: &'u str, way: &mut Vec<&'u str>, done: &mut BTreeSet<&'u str>, found: &mut Vec<String>) {
    if let Some(start) = way.iter().position(|before| *before == room) {
        let round: Vec<&str> = way[start..].iter().copied().chain([room]).collect();
        let arrows = round.windows(2).map(|pair| format!("{} ({})", pair[1], uses[pair[0]][pair[1]]));
        found.push(format!("{} -> {}", round[0], arrows.collect::<Vec<_>>().join(" -> ")));
        return;
    }
    if done.contains(room) {
        return;
    }
    way.push(room);
    for other in uses.get(room).into_iter().flat_map(BTreeMap::keys) {
        walk(uses, other, way, done, found);
    }
    way.pop();
    done.insert(room);
}
