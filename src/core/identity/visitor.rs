//! The origin of a request.

use std::net::IpAddr;

const USER_AGENT_CHARS: usize = 300;

/// The origin of a request, as events store it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    address: Option<IpAddr>,
    user_agent: Option<String>,
}

impl Visitor {
    /// Address of the client, and the `User-Agent` of its browser, cut to 300 characters.
    pub fn new(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        Self { address, user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_CHARS).collect()) }
    }

    /// The client's address.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The `User-Agent` of the browser.
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }
}
