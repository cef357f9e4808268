//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use actix_web::{HttpRequest, http::header};

use crate::{config::Config, identity::Visitor};

/// The client's address: the peer's, or behind proxies the hop of X-Forwarded-For that the outermost of them wrote. Hops before it are only
/// the client's claim.
pub fn client_address(request: &HttpRequest, config: &Config) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let address = if config.proxies == 0 { peer } else { hop_from_the_end(request, config.proxies).or(peer) };
    address.map(|a| a.to_canonical())
}

/// Address and browser, as events keep them.
pub fn visitor_of(request: &HttpRequest, config: &Config) -> Visitor {
    let user_agent = request.headers().get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
    Visitor::new(client_address(request, config), user_agent.as_deref())
}

/// The n-th hop from the right, over all lines of the header; the leftmost if there are fewer.
fn hop_from_the_end(request: &HttpRequest, n: usize) -> Option<IpAddr> {
    let lines: Vec<&str> = request.headers().get_all(header::X_FORWARDED_FOR).filter_map(|line| line.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let hop = hops.take(n).last()?.trim();
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|a| a.ip()))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::config::Secret;

    fn address_of(proxies: usize, forwarded: &[&str]) -> String {
        let mut config = Config::dev(([127, 0, 0, 1], 0).into(), Secret::random());
        config.proxies = proxies;
        let mut request = TestRequest::default().peer_addr(([10, 0, 0, 1], 5000).into());
        for line in forwarded {
            request = request.append_header((header::X_FORWARDED_FOR, *line));
        }
        client_address(&request.to_http_request(), &config).map(|a| a.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_forwarded_header_counts_only_behind_a_proxy() {
        assert_eq!(address_of(0, &["192.0.2.1"]), "10.0.0.1");
        assert_eq!(address_of(1, &["192.0.2.1"]), "192.0.2.1");
    }

    #[test]
    fn behind_one_proxy_only_the_last_hop_of_the_last_line_is_believed() {
        assert_eq!(address_of(1, &["198.51.100.9", "203.0.113.5, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(address_of(1, &["192.0.2.1:4711"]), "192.0.2.1");
        assert_eq!(address_of(1, &["::ffff:192.0.2.1"]), "192.0.2.1");
    }

    #[test]
    fn behind_two_proxies_it_is_the_hop_that_the_outer_one_wrote() {
        assert_eq!(address_of(2, &["192.0.2.1, 198.51.100.40"]), "192.0.2.1");
        assert_eq!(address_of(2, &["203.0.113.5, 192.0.2.1", "198.51.100.40"]), "192.0.2.1", "what the client claims comes before");
        assert_eq!(address_of(2, &["192.0.2.1"]), "192.0.2.1", "one of the two was left out");
    }

    #[test]
    fn nonsense_falls_back_to_the_peer() {
        assert_eq!(address_of(1, &["192.0.2.1, unknown"]), "10.0.0.1");
        assert_eq!(address_of(1, &[]), "10.0.0.1");
    }
}
