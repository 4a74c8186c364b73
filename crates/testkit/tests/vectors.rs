//! All vectors through the core, in process and in virtual time. The other doors are run by `cargo xtask test vectors`.

use std::path::Path;

use logto_testkit::{
    clock::VirtualClock,
    vectors::{Cell, Door, InProcess, OverTcp, Vector, Verdict, load, run},
};

fn all() -> Vec<Vector> {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors"))
        .unwrap_or_else(|why| panic!("{why}"))
}

/// Those whose name contains what the environment variable `VECTORS` says.
fn vectors() -> Vec<Vector> {
    let only = std::env::var("VECTORS").unwrap_or_default();
    all().into_iter().filter(|vector| vector.name.contains(&only)).collect()
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

/// Doors that cannot run a vector say why in it, and they are few.
#[test]
fn at_most_one_cell_in_twenty_is_left_out() {
    let doors = ["rust", "rust-tcp", "node", "python", "python-async", "worker"];
    let vectors = all();
    let skips: Vec<_> = vectors.iter().flat_map(|vector| vector.skip.keys()).collect();
    assert!(skips.iter().all(|door| doors.contains(&door.as_str())), "a door that is none: {skips:?}");
    assert!(skips.len() * 20 <= vectors.len() * doors.len(), "{} skips", skips.len());
}
