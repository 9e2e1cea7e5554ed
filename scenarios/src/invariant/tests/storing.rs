//! What masters keep in their stores, against their books and their promises.

use super::leading::FILES;
use super::*;
use deploysim_protocol::event::StoreAccess;
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::ToWorker;
use deploysim_protocol::message::to_client::SubmitDriverResponse;
use deploysim_protocol::message::to_worker::RegisteredWorker;
use deploysim_protocol::record::RecordKey;

fn stores(tale: &mut Tale, record: RecordKey) -> &mut Tale {
    tale.master(MasterEvent::RecordStored { record })
}

/// A master that keeps files, and has kept both of its workers.
fn kept() -> Tale {
    let mut tale = Tale::with(FILES);
    stores(&mut tale, RecordKey::Worker(worker_id(W)));
    stores(&mut tale, RecordKey::Worker(worker_id(V)));
    tale
}

#[test]
fn r1_the_store_has_what_the_books_have() {
    kept().is_accepted(1000);

    // Its store failed when the second worker came (RD-07).
    let mut tale = Tale::with(FILES);
    stores(&mut tale, RecordKey::Worker(worker_id(W)));
    assert_eq!(tale.recognised(1000), [("INV-R1", vec!["RD-07"])]);

    // Without a store there is nothing to compare.
    Tale::new().is_accepted(1000);
}

#[test]
fn r1_what_left_the_books_leaves_the_store() {
    let record = RecordKey::Driver(driver_id(D));
    let ended = |tale: &mut Tale| {
        stores(tale.driver_runs(), record);
        tale.at(30).driver_process_ends(D);
        tale.driver_removed(D, W, DriverState::Finished);
    };
    let mut tale = kept();
    ended(&mut tale);
    tale.master(MasterEvent::RecordRemoved { record });
    tale.is_accepted(1000);

    let mut tale = kept();
    ended(&mut tale);
    assert_eq!(tale.recognised(1000), [("INV-R1", Vec::new())]);

    // The store failed when the record was to go (ND-04).
    let mut tale = kept();
    ended(&mut tale);
    let (call, reason) = (StoreAccess::Remove, Text::new("no session"));
    tale.master(MasterEvent::StoreFailed { call, reason });
    assert_eq!(tale.recognised(1000), [("INV-R1", vec!["ND-04"])]);
}

#[test]
fn r1_an_application_that_nobody_entered_is_not_stored() {
    let id = app_id(A);
    let mut tale = kept();
    stores(tale.at(5), RecordKey::Application(id));
    let driver = history::address("nobody");
    tale.master(MasterEvent::ApplicationNotInserted { id, driver });
    assert_eq!(tale.recognised(1000), [("INV-R1", vec!["RD-03"])]);
}

#[test]
fn r1_what_was_read_is_in_the_store() {
    let recovered = |workers| {
        let mut tale = kept();
        tale.at(5).crashes(MASTER);
        tale.history.start(MASTER, Role::Master, "master-1");
        let (applications, drivers) = (0, 0);
        tale.master(MasterEvent::RecordsRead {
            applications,
            drivers,
            workers,
        });
        let state = MasterState::Alive;
        tale.master(MasterEvent::MasterStateChanged { state });
        tale.registers(W).registers(V);
        tale
    };
    recovered(2).is_accepted(1000);
    recovered(1).is_rejected(1000, &["INV-R1"]);
}

fn acknowledges(tale: &mut Tale, is_again: Again) -> &mut Tale {
    let address = history::address("master-1");
    let message = ToWorker::RegisteredWorker(Box::new(RegisteredWorker {
        master: Reference::unbound(address),
        master_web_ui_url: Text::new("http://master-1:8080"),
        master_address: address,
        duplicate: is_again == Again::Yes,
    }));
    tale.history.sends_to(MASTER, "worker-1", message);
    tale
}

/// Whether a worker registers that the master knows already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

#[test]
fn r2_a_worker_is_stored_before_it_is_told() {
    acknowledges(&mut kept(), Again::No).is_accepted(6);

    let mut tale = Tale::with(FILES);
    acknowledges(&mut tale, Again::No).is_rejected(6, &["INV-R2"]);

    // One that is known already was stored, or not, when it came first.
    let mut tale = Tale::with(FILES);
    acknowledges(&mut tale, Again::Yes).is_accepted(6);
}

#[test]
fn r2_a_driver_is_stored_before_its_submitter_is_told() {
    let told = |tale: &mut Tale| {
        let answer = Answer::SubmitDriver(Box::new(SubmitDriverResponse {
            master: Reference::unbound(history::address("master-1")),
            success: true,
            driver: Some(driver_id(D)),
            message: "yes".into(),
        }));
        tale.history.answers_with(MASTER, "client", answer);
    };
    let mut tale = kept();
    stores(tale.driver_runs(), RecordKey::Driver(driver_id(D)));
    told(&mut tale);
    tale.is_accepted(6);

    let mut tale = kept();
    told(tale.driver_runs());
    tale.is_rejected(6, &["INV-R2"]);
}
