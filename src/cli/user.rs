//! `rainstaff user`: accounts from the command line. Passwords come from a prompt or from standard input, never from arguments, which other
//! users of the machine and the shell's history would see.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};

use crate::{
    auth::accounts::{self, NewUser, PasswordState, UserSummary},
    clock::{Clock, in_istanbul},
    db::Db,
    identity::Role,
    passwords::{Hasher, Password},
    text::account_name,
};

/// Lists, makes and changes accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Lists all accounts
    List,
    /// Makes an account; nobody can sign in with it before set-password
    Add(AddUser),
    /// Gives an account a password, from a prompt or one line of standard input, and ends its sessions
    SetPassword(SetPassword),
    /// Lets an account sign in no more and ends its sessions; what it has written stays
    Disable(Name),
    /// Lets a disabled account sign in again
    Enable(Name),
}

/// Arguments of `user add`.
#[derive(Debug, Args)]
pub struct AddUser {
    /// Name of the account: 3 to 64 of a-z, 0-9, dot, hyphen, underscore
    pub name: String,
    /// Code of a region the person works in; may be repeated
    #[arg(long = "region", value_name = "CODE")]
    pub regions: Vec<String>,
    /// An administrator: all regions, all accounts
    #[arg(long, conflicts_with = "regions")]
    pub admin: bool,
}

/// Arguments of `user set-password`.
#[derive(Debug, Args)]
pub struct SetPassword {
    /// Name of the account
    pub name: String,
    /// The person has to change it at the first sign-in
    #[arg(long)]
    pub temporary: bool,
}

/// The account a command is about.
#[derive(Debug, Args)]
pub struct Name {
    /// Name of the account
    pub name: String,
}

/// Runs a command; an error is one sentence for the user.
pub async fn run(command: UserCommand, db: &Db, hasher: &Hasher) -> Result<(), String> {
    let clock = Clock::System;
    let said = match command {
        UserCommand::List => table(&accounts::list_users(db, &clock, None).await.map_err(text)?),
        UserCommand::Add(add) => {
            let role = if add.admin { Role::Admin } else { Role::User };
            let new = NewUser { username: account_name(&add.name), role, regions: add.regions };
            accounts::add_user(db, &clock, None, &new).await.map_err(text)?;
            let name = new.username;
            format!("added {name}; give it a password with: rainstaff user set-password {name} --temporary\n")
        }
        UserCommand::SetPassword(set) => {
            let name = account_name(&set.name);
            if !accounts::list_users(db, &clock, None).await.map_err(text)?.iter().any(|user| user.username == name) {
                return Err(text(accounts::AccountError::NoSuchUser(name)));
            }
            let password = read_password(&name).map_err(text)?;
            accounts::set_password(db, hasher, &clock, None, &name, password, set.temporary).await.map_err(text)?;
            let until = if set.temporary { ", to be changed at the first sign-in" } else { "" };
            format!("{name} has a new password{until}\n")
        }
        UserCommand::Disable(Name { name }) => {
            let name = account_name(&name);
            accounts::disable_user(db, &clock, None, &name).await.map_err(text)?;
            format!("{name} can no longer sign in\n")
        }
        UserCommand::Enable(Name { name }) => {
            let name = account_name(&name);
            accounts::enable_user(db, &clock, None, &name).await.map_err(text)?;
            format!("{name} can sign in again\n")
        }
    };
    io::stdout().write_all(said.as_bytes()).map_err(text)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Reads the password from the terminal, hidden and twice; otherwise one line of standard input.
fn read_password(name: &str) -> io::Result<Password> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let typed = rpassword::prompt_password(format!("New password of {name}: "))?;
        if typed != rpassword::prompt_password("Again: ")? {
            return Err(io::Error::other("the two passwords differ; nothing was changed"));
        }
        return Ok(Password::new(typed));
    }
    first_line(stdin.lock())
}

fn first_line(mut input: impl BufRead) -> io::Result<Password> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(io::Error::other("no password on standard input: give it as one line"));
    }
    Ok(Password::new(line))
}

fn table(users: &[UserSummary]) -> String {
    let rows: Vec<[String; 4]> = users.iter().map(columns).collect();
    let heads = ["NAME", "ROLE", "REGIONS", "STATE"].map(str::to_owned);
    let width = |n: usize| rows.iter().chain([&heads]).map(|row| row[n].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let line = |row: &[String; 4]| {
        let [name, role, regions, state] = row;
        let [a, b, c] = widths;
        format!("{name:a$}  {role:b$}  {regions:c$}  {state}\n")
    };
    [&heads].into_iter().chain(&rows).map(line).collect()
}

fn columns(user: &UserSummary) -> [String; 4] {
    let regions = match user.role {
        Role::Admin | Role::Viewer => "all".to_owned(),
        Role::User => user.regions.join(", "),
    };
    let state = match (user.active, user.password) {
        (false, _) => "disabled".to_owned(),
        (true, PasswordState::Missing) => "no password yet".to_owned(),
        (true, PasswordState::Temporary(until)) => format!("temporary password until {}", in_istanbul(until).format("%Y-%m-%d %H:%M")),
        (true, PasswordState::Ended) => "temporary password used or lapsed".to_owned(),
        (true, PasswordState::Own) => "active".to_owned(),
    };
    [user.username.clone(), user.role.as_str().to_owned(), regions, state]
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use uuid::Uuid;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: UserCommand,
    }

    fn parse(line: &str) -> Result<UserCommand, clap::Error> {
        Line::try_parse_from(["user"].into_iter().chain(line.split(' '))).map(|l| l.command)
    }

    #[test]
    fn regions_may_be_repeated_and_an_admin_names_none() {
        let Ok(UserCommand::Add(add)) = parse("add ege1 --region izmir --region bursa") else { panic!("not read") };
        assert_eq!((add.name.as_str(), add.regions.len(), add.admin), ("ege1", 2, false));
        assert!(parse("add boss --admin --region izmir").is_err());
    }

    #[test]
    fn no_argument_takes_a_password() {
        assert!(parse("set-password ankara1 gizli-parola-1").is_err());
        assert!(parse("set-password ankara1 --temporary").is_ok());
    }

    #[test]
    fn a_line_of_standard_input_is_the_password_without_its_end() {
        assert_eq!(first_line(" iki bosluk \r\nrest".as_bytes()).unwrap().reveal(), " iki bosluk ");
        assert!(first_line("\n".as_bytes()).is_err());
        assert!(first_line("".as_bytes()).is_err());
    }

    #[test]
    fn the_list_has_even_columns() {
        let user = |username: &str, role, regions: &[&str], active, password| UserSummary {
            id: Uuid::nil(),
            username: username.into(),
            role,
            regions: regions.iter().map(|&r| r.to_owned()).collect(),
            active,
            password,
        };
        let users = [
            user("admin", Role::Admin, &[], true, PasswordState::Own),
            user("ege", Role::User, &["bursa", "izmir"], true, PasswordState::Missing),
            user("old", Role::User, &["ankara"], false, PasswordState::Own),
        ];
        let expected = "NAME   ROLE   REGIONS       STATE\n\
                        admin  admin  all           active\n\
                        ege    user   bursa, izmir  no password yet\n\
                        old    user   ankara        disabled\n";
        assert_eq!(table(&users), expected);
    }
}
