//! What the core expects of a clock, asked of the runtime's own: each rule, and what was seen instead where it is broken.
//!
//! Only lower bounds: how late a timer may be is the runtime's affair.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use logto_management_core::Clock;

use crate::clock::HostClock;

type Finding = (&'static str, Option<String>);

/// Plays the rules. `before`: what the runtime's own clock said before it entered the module, in milliseconds.
pub(crate) async fn check(before: f64) -> Vec<Finding> {
    let clock = HostClock::REAL;
    vec![
        ("now is the runtime's wall time, in milliseconds since 1970", now(&clock, before)),
        ("a pause lasts as long as it says, and monotonic time goes on by it", lasts(&clock).await),
        ("a pause that is given up ends nothing, and holds nobody up", given_up(&clock).await),
        ("a pause beyond the longest timer is no short one", longest(&clock).await),
        ("jitter is from 0 to below 1, and not always the same", jitter(&clock)),
    ]
}

fn now(clock: &HostClock, before: f64) -> Option<String> {
    let late = clock.now().0 as f64 - before;
    (!(0.0..60_000.0).contains(&late)).then(|| format!("it is {late} ms off"))
}

async fn lasts(clock: &HostClock) -> Option<String> {
    let began = clock.monotonic();
    clock.sleep(Duration::from_millis(30)).await;
    let slept = clock.monotonic().saturating_sub(began);
    let clock_before = clock.monotonic();
    clock.timeout(Duration::from_millis(30)).await;
    let waited = clock.monotonic().saturating_sub(clock_before);
    // Clocks are coarse, so that nobody spies with them, and a timer may be a tick early.
    let least = Duration::from_millis(28);
    (slept < least || waited < least).then(|| format!("it took {slept:?}, a timeout {waited:?}"))
}

async fn given_up(clock: &HostClock) -> Option<String> {
    let short = Duration::from_millis(5);
    let first = first(clock.sleep(Duration::from_secs(3600)), clock.sleep(short)).await;
    // What was given up is over by now, or never comes.
    clock.sleep(short).await;
    first.then(|| "an hour was over before 5 ms".to_owned())
}

async fn longest(clock: &HostClock) -> Option<String> {
    let days = Duration::from_secs(60 * 24 * 3600);
    first(clock.sleep(days), clock.sleep(Duration::from_millis(5)))
        .await
        .then(|| "60 days were over before 5 ms".to_owned())
}

fn jitter(clock: &HostClock) -> Option<String> {
    let drawn: Vec<f64> = (0..32).map(|_| clock.jitter()).collect();
    let within = drawn.iter().all(|drawn| (0.0..1.0).contains(drawn));
    let varies = drawn.windows(2).any(|two| two.first() != two.last());
    (!within || !varies).then(|| format!("it gave {drawn:?}"))
}

/// Whether the one of two that ends first is the first; the other is dropped.
async fn first(one: impl Future<Output = ()>, other: impl Future<Output = ()>) -> bool {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match (one.as_mut().poll(context), other.as_mut().poll(context)) {
        (Poll::Ready(()), _) => Poll::Ready(true),
        (_, Poll::Ready(())) => Poll::Ready(false),
        _ => Poll::Pending,
    })
    .await
}
