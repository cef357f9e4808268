//! From where a request came.

use std::net::IpAddr;

const USER_AGENT_CHARS: usize = 300;

/// From where a request came, as events keep it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    address: Option<IpAddr>,
    user_agent: Option<String>,
}

impl Visitor {
    /// Address of the client, and what its browser calls itself, cut to 300 characters.
    pub fn new(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        Self { address, user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_CHARS).collect()) }
    }

    /// The client's address.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// What the browser calls itself.
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }
}
