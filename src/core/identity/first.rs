//! What the first start creates.

/// An office that the first start creates, with its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstOffice {
    /// Code of the region.
    pub code: &'static str,
    /// Name of the region.
    pub name: &'static str,
    /// Name of the account.
    pub username: &'static str,
}

/// The offices that the first start creates.
pub const FIRST_OFFICES: [FirstOffice; 4] = [
    FirstOffice { code: "ankara", name: "Ankara", username: "ankara1" },
    FirstOffice { code: "istanbul", name: "İstanbul", username: "istanbul1" },
    FirstOffice { code: "bursa", name: "Bursa", username: "bursa1" },
    FirstOffice { code: "izmir", name: "İzmir", username: "izmir1" },
];
