//! The agent as it goes out, from its command line. (The other tests of this folder run it as an office PC does.)

#![cfg(test)]

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rainstaff-agent")).args(arguments).output().unwrap()
}

#[test]
fn it_says_what_it_can_do_and_which_release_it_is() {
    let help = run(&["--help"]);
    let said = String::from_utf8(help.stdout).unwrap();
    assert!(help.status.success());
    for command in ["enrol", "run", "status", "export"] {
        assert!(said.lines().any(|line| line.trim_start().starts_with(command)), "{command}: {said}");
    }
    assert_eq!(String::from_utf8(run(&["--version"]).stdout).unwrap().trim(), concat!("rainstaff-agent ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_command_that_it_does_not_know_is_refused() {
    let refused = run(&["download"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("download"));
}
