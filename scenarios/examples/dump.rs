//! Scratch.
use deploysim_scenarios::trace::*;
struct Print;
impl Observer for Print {
    fn observe(&mut self, e: &Entry<'_>) {
        println!("{} n{} {:?}", e.at, e.node.0, e.fact);
    }
}
struct Quiet(u64);
impl Observer for Quiet {
    fn observe(&mut self, _e: &Entry<'_>) {
        self.0 += 1;
    }
}
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let quiet = std::env::args().nth(2).is_some();
    let plan = match deploysim_scenarios::scenario::read(path.as_ref(), &[]) {
        Ok(p) => p,
        Err(e) => {
            println!("{e:?}");
            return;
        }
    };
    if quiet {
        let t = std::time::Instant::now();
        let (played, _) = deploysim_scenarios::world::queue::play(&plan, plan.seed, Quiet(0));
        println!("{played:?} {:?}", t.elapsed());
    } else {
        let (played, _) = deploysim_scenarios::world::queue::play(&plan, plan.seed, Print);
        println!("{played:?}");
    }
}
