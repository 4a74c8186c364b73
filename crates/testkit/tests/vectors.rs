//! All vectors through the core, in process and in virtual time. The other doors are run by `cargo xtask test vectors`.

use std::path::Path;

use logto_testkit::{
    clock::VirtualClock,
    vectors::{Cell, Door, InProcess, OverTcp, Verdict, load, run},
};

fn vectors() -> Vec<logto_testkit::vectors::Vector> {
    let vectors = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors"))
        .unwrap_or_else(|why| panic!("{why}"));
    let only = std::env::var("VECTORS").unwrap_or_default();
    vectors.into_iter().filter(|vector| vector.name.contains(&only)).collect()
}

fn report(cells: &[Cell]) {
    let failed: Vec<_> = cells
        .iter()
        .filter_map(|cell| match &cell.verdict {
            Verdict::Failed(why) => Some(format!("{}: {why}", cell.vector)),
            _ => None,
        })
        .collect();
    assert!(failed.is_empty(), "{} of {} vectors failed\n{}", failed.len(), cells.len(), failed.join("\n"));
}

#[test]
fn in_process() {
    let mut door = InProcess;
    assert_eq!(door.name(), "rust");
    report(&VirtualClock::new().run(run(&mut door, &vectors())).expect("the door works"));
}

#[tokio::test]
async fn over_tcp() {
    report(&run(&mut OverTcp, &vectors()).await.expect("the door works"));
}
