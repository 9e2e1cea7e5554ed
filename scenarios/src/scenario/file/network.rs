//! `[network]`: latencies, links, and TCP's patience.

use super::Context;
use super::distribution::latency;
use crate::scenario::keys::{LINK, NETWORK};
use crate::scenario::plan::{LatencyPlan, LinkPlan, NetworkPlan};
use crate::scenario::table::Table;
use std::time::Duration;

/// 0.2·(2¹⁰ − 1) + 6·120 s: ten doubling retransmissions, then six at the longest pause.
const TCP_USER_TIMEOUT: Duration = Duration::from_millis(924_600);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(120);
const DEFAULT_LATENCY: LatencyPlan =
    LatencyPlan::uniform(Duration::from_micros(500), Duration::from_millis(2));

/// Reads the table, or its defaults.
pub(super) fn read(top: Table<'_>, context: &Context<'_>) -> NetworkPlan {
    let table = top.find("network").and_then(|value| value.table(&NETWORK));
    let find = |key| table.and_then(|table| table.find(key));
    NetworkPlan {
        latency: find("latency")
            .and_then(|value| latency(value, context))
            .unwrap_or(DEFAULT_LATENCY),
        bandwidth: find("bandwidth").and_then(|value| value.rate()),
        answer_delay: find("answer_delay")
            .and_then(|value| value.duration())
            .unwrap_or(Duration::ZERO),
        tcp_user_timeout: find("tcp_user_timeout")
            .and_then(|value| value.positive_duration())
            .unwrap_or(TCP_USER_TIMEOUT),
        connect_timeout: find("connect_timeout")
            .and_then(|value| value.positive_duration())
            .unwrap_or(CONNECT_TIMEOUT),
        links: find("link")
            .map(|value| value.tables(&LINK))
            .unwrap_or_default()
            .into_iter()
            .flat_map(|link| links(link, context))
            .collect(),
    }
}

fn links(table: Table<'_>, context: &Context<'_>) -> Vec<LinkPlan> {
    let between = table.require("between");
    let between = between.and_then(|value| {
        let (first, second) = context.names.pair(value)?;
        context.names.without_leader(value, &first)?;
        context.names.without_leader(value, &second)?;
        Some((first, second))
    });
    let own = table
        .find("latency")
        .and_then(|value| latency(value, context));
    let bandwidth = table.find("bandwidth").and_then(|value| value.rate());
    if table.find("latency").is_none() && table.find("bandwidth").is_none() {
        table.missing("[[network.link]] needs `latency`, `bandwidth` or both");
    }
    let (first, second) = between.unwrap_or_default();
    let pairs = first
        .iter()
        .flat_map(|one| second.iter().map(move |other| (one, other)));
    pairs
        .map(|(one, other)| LinkPlan {
            between: (one.clone(), other.clone()),
            latency: own.clone(),
            bandwidth,
        })
        .collect()
}
