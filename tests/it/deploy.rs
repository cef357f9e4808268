//! The files that hosts read agree with the program: these files are built and run where the project's tests do not run.

#![cfg(test)]

use std::fs;

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What follows `start` on each line that begins with it.
fn after<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    text.lines().filter_map(|line| line.trim_start().strip_prefix(start)?.split_whitespace().next()).collect()
}

#[test]
fn the_blueprint_sets_only_variables_that_the_program_reads() {
    let program = read("src/config.rs") + &read("src/cli/serve.rs");
    let blueprint = read("render.yaml");
    let set = after(&blueprint, "- key: ");
    assert!(set.len() >= 3, "{set:?}");
    for variable in set {
        assert!(program.contains(&format!("\"{variable}\"")), "{variable} means nothing to the program");
    }
}

#[test]
fn the_blueprint_serves_as_a_login_of_its_own() {
    assert!(after(&read("render.yaml"), "- key: ").contains(&"RAINSTAFF_APP_PASSWORD"), "the owner of the tables would serve");
}

#[test]
fn the_blueprint_asks_for_an_address_that_is_public() {
    let blueprint = read("render.yaml");
    let [path] = after(&blueprint, "healthCheckPath: ")[..] else { panic!("one health check") };
    assert!(read("src/routes.rs").contains(&format!("\"{path}\"")), "{path}");
}

#[test]
fn the_image_is_built_with_the_compiler_of_the_manifest() {
    let (manifest, image) = (read("Cargo.toml"), read("Dockerfile"));
    let [wanted] = after(&manifest, "rust-version = ")[..] else { panic!("one rust-version") };
    let used = after(&image, "FROM rust:");
    assert_eq!(used.iter().map(|tag| tag.split('-').next().unwrap()).collect::<Vec<_>>(), [wanted.trim_matches('"')]);
}

#[test]
fn the_image_gets_everything_that_goes_into_the_program() {
    let let_in = read(".dockerignore");
    for needed in [".sqlx", "Cargo.lock", "Cargo.toml", "locales", "migrations", "package-lock.json", "src", "static", "templates"] {
        assert!(let_in.lines().any(|line| line == format!("!{needed}")), "{needed} stays outside");
    }
    for script in after(&read("Dockerfile"), "RUN node ") {
        assert!(let_in.lines().any(|line| line == format!("!{script}")), "{script} stays outside");
    }
}

#[test]
fn the_units_allow_as_many_open_files_as_the_programs_want() {
    let number = |text: &str| text.trim_end_matches([',', ';']).replace('_', "").parse::<u64>().unwrap();
    let (server, agent) = (read("docs/DEPLOY.md"), read("packaging/agent/rainstaff-agent.service"));
    let ([server], [agent]) = (&after(&server, "LimitNOFILE=")[..], &after(&agent, "LimitNOFILE=")[..]) else { panic!("one in each unit") };
    let app = read("src/app/mod.rs");
    let [wanted] = after(&app, "const WANTED_FILES: u64 = ")[..] else { panic!("one wish") };
    assert_eq!(number(server), number(wanted));
    let serving = read("src/agent/serve.rs");
    let (_, connections) = serving.split_once("connections: ").unwrap();
    let connections = number(connections.split_whitespace().next().unwrap());
    assert!(connections == 512 && number(agent) >= 2 * connections, "{agent} files for {connections} connections");
}
