//! A live master: its ports, its persistence engine, its REST server and its pages.
//! Spark: `Master.startRpcEnvAndEndpoint`.

use super::folder::Folder;
use super::hosting::{Beginning, on_this_thread, run};
use super::limits::open_more_files;
use super::ports::{Exposure, Proof, is_loopback, listen, names, page_url};
use super::properties::Properties;
use super::secrets::{Secret, Token, is_confidential_variable};
use super::{Ended, LiveError, wrong};
use crate::gateway::{Admission, Form, Guarded, MasterPages, RestServer, RestSettings};
use crate::hosted::{AnyNode, Happening};
use crate::master::{Master, MasterSettings};
use crate::settings::{Settings, Shared};
use crate::shell::Clock;
use crate::store::{EmbeddedStore, FileStore, NoStore, Store, Writes};
use deploysim_protocol::address::Address;
use deploysim_protocol::behaviour::Behaviour;
use deploysim_protocol::conf::{Conf, DecommissionAllowMode, RecoveryMode};
use deploysim_protocol::time::Time;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tracing::{info, warn};

/// What a master is started with.
#[derive(Clone, Debug)]
pub struct MasterOptions {
    /// The name of this machine that others dial.
    pub host: String,
    /// The name of this machine in the addresses of pages; nothing: `host`.
    pub public_host: Option<String>,
    /// Where it listens; 0: anywhere.
    pub port: u16,
    /// Where its page is, unless the properties say it.
    pub web_ui_port: Option<u16>,
    /// Spark's configuration.
    pub properties: Properties,
    /// Who may reach it.
    pub exposure: Exposure,
}

impl MasterOptions {
    /// Runs a master on this thread until it ends.
    ///
    /// # Errors
    /// If it cannot begin, or a server of its fails.
    pub fn run(&self) -> Result<Ended, LiveError> {
        let conf = self.properties.conf()?;
        let proofs = self.proofs(&conf)?;
        let behaviour = Behaviour::default();
        let store = store(&conf, &behaviour)?;
        open_more_files();
        on_this_thread(self.live(conf, behaviour, store, proofs))
    }

    /// What others have to prove, and that whoever can reach this process may.
    fn proofs(&self, conf: &Conf) -> Result<Proofs, LiveError> {
        let variable = |name: &str| std::env::var_os(name);
        let secret = Secret::find(&self.properties, variable)?;
        let token = Token::find(&self.properties, variable)?;
        self.exposure
            .check(&self.host, Proof::by(secret.as_ref()))?;
        if conf.rest_enabled {
            // Spark: `Master`, which has no token to offer.
            if secret.is_some() && token.is_none() {
                return Err(wrong(
                    "there is a secret (spark.authenticate.secret), which a REST server cannot \
                     ask for: set deploysim.rest.token, or spark.master.rest.enabled to false"
                        .to_owned(),
                ));
            }
            let host = conf.rest_host.as_ref().unwrap_or(&self.host);
            self.exposure.check(host, Proof::by(token.as_ref()))?;
            if token.is_some() && !is_loopback(host) {
                warn!(
                    host,
                    "the REST server's token crosses the network as plain text"
                );
            }
        }
        Ok(Proofs { secret, token })
    }

    async fn live(
        &self,
        conf: Conf,
        behaviour: Behaviour,
        store: Box<dyn Store>,
        proofs: Proofs,
    ) -> Result<Ended, LiveError> {
        let retries = conf.port_max_retries;
        let (listener, address) = listen("sparkMaster", &self.host, self.port, retries).await?;
        let pages_port = self.properties.value("spark.master.ui.port");
        let pages_port = match (pages_port, self.web_ui_port) {
            (None, Some(port)) => port,
            (Some(_), _) | (None, None) => conf.master_ui_port,
        };
        let (pages, pages_at) = listen("MasterUI", &self.host, pages_port, retries).await?;
        let rest = self.rest_server(&conf, address, &proofs).await?;
        let rest_at = rest.as_ref().map(|(_, at, _)| at.to_string());
        info!(
            url = address.to_spark_url(),
            webui = %format_args!("http://{pages_at}"),
            rest = rest_at.as_deref().map(tracing::field::display),
            recovery = ?conf.recovery_mode,
            authenticated = proofs.secret.is_some(),
            "master listens"
        );
        let mut told = conf.clone();
        if let Some((_, at, _)) = &rest {
            // Where it is, wherever it was to be. Spark: `Master.restServerBoundPort`.
            told.rest_port = at.port;
        }
        let shared = Shared::new(Settings {
            conf: told,
            behaviour,
        });
        let settings = MasterSettings {
            web_ui_url: page_url(&self.host, self.public_host.as_ref(), pages_at.port),
            election: None,
            shared,
        };
        if store.keeps_records() {
            next_second().await;
        }
        let beginning = Beginning {
            node: AnyNode::Master(Box::new(Master::new(settings))),
            store,
            address,
            listener,
            key: proofs.secret.as_ref().map(Secret::key),
            pages: Some((pages, self.pages(&conf, &proofs))),
            rest: rest.map(|(listener, _, server)| (listener, server)),
            children: None,
            witness: None,
            // Without an election service a master leads at once. Spark: `MonarchyLeaderAgent`.
            first: vec![Happening::Started, Happening::Elected],
            farewell: None,
            commands: mpsc::unbounded_channel(),
        };
        run(beginning, &conf).await
    }

    /// The pages. With a secret a page offers nothing unless that is stated, because whoever sees
    /// it has proved nothing.
    fn pages(&self, conf: &Conf, proofs: &Proofs) -> Guarded<MasterPages> {
        let is_stated = |key: &str| self.properties.value(key).is_some();
        let is_trusted = proofs.secret.is_none();
        let may_decommission = match conf.decommission_allow_mode {
            DecommissionAllowMode::Allow => true,
            // **Differs:** Spark looks at where each request comes from.
            DecommissionAllowMode::Local => is_trusted && is_loopback(&self.host),
            DecommissionAllowMode::Deny => false,
        };
        let server = MasterPages {
            offers_kill: conf.ui_kill_enabled && (is_trusted || is_stated("spark.ui.killEnabled")),
            offers_decommission: conf.decommission_enabled && may_decommission,
        };
        let admission = Admission {
            names: names(&self.host, self.public_host.as_ref()),
            token: None,
            form: Form::Page,
        };
        Guarded { server, admission }
    }

    async fn rest_server(
        &self,
        conf: &Conf,
        master: Address,
        proofs: &Proofs,
    ) -> Result<Option<(TcpListener, Address, Guarded<RestServer>)>, LiveError> {
        if !conf.rest_enabled {
            return Ok(None);
        }
        let host = conf.rest_host.as_deref().unwrap_or(&self.host);
        let retries = conf.port_max_retries;
        let (listener, at) = listen("restServer", host, conf.rest_port, retries).await?;
        // A name or a value that is no text cannot be asked for.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            // A submission may name any variable, and its driver is told the value.
            .filter(|(name, _)| !is_confidential_variable(name));
        let settings = RestSettings {
            master,
            rest_port: at.port,
            environment: environment.collect(),
        };
        let admission = Admission {
            names: names(host, self.public_host.as_ref()),
            token: proofs.token.as_ref().map(Token::digest),
            form: Form::Json,
        };
        let server = RestServer::new(settings);
        Ok(Some((listener, at, Guarded { server, admission })))
    }
}

/// Waits for the next second of the calendar. Ids of drivers and applications are a second and a
/// number that begins at 0 with the process: one that began again within a second would give ids
/// that are on record already. Spark never begins as fast.
async fn next_second() {
    let into_second_ms = Clock::calendar().as_millis().rem_euclid(1000);
    let left_ms = u64::try_from(1000 - into_second_ms).unwrap_or_default();
    let clock = Clock::new(Time::ZERO, Duration::from_nanos(1));
    clock
        .reach(Time::ZERO + Duration::from_millis(left_ms))
        .await;
}

/// What others have to prove.
#[derive(Debug)]
struct Proofs {
    /// On a connection of the protocol.
    secret: Option<Secret>,
    /// To the REST server.
    token: Option<Token>,
}

/// The persistence engine that the configuration names.
fn store(conf: &Conf, behaviour: &Behaviour) -> Result<Box<dyn Store>, LiveError> {
    let unsupported = |mode: &str, hint: &str| {
        Err(wrong(format!(
            "spark.deploy.recoveryMode {mode} is not there for live masters: allowed is NONE, \
             and for a master that finds its records again FILESYSTEM or ROCKSDB, with \
             spark.deploy.recoveryDirectory{hint}"
        )))
    };
    match conf.recovery_mode {
        RecoveryMode::None => Ok(Box::new(NoStore)),
        RecoveryMode::Filesystem => {
            let folder = recovery_folder(conf, "FILESYSTEM", Folder::open)?;
            let name = conf.recovery_directory.as_str();
            let unreadable = behaviour.unreadable_record;
            Ok(Box::new(FileStore::new(
                folder,
                name,
                Writes::Safe,
                unreadable,
            )))
        }
        RecoveryMode::Rocksdb => {
            let folder = recovery_folder(conf, "ROCKSDB", Folder::open_alone)?;
            Ok(Box::new(EmbeddedStore::new(folder, Writes::Safe)))
        }
        RecoveryMode::Zookeeper => unsupported(
            "ZOOKEEPER",
            "; elections are played by `deploysim run` in the worlds queue and turmoil",
        ),
        RecoveryMode::Custom => unsupported("CUSTOM", ""),
    }
}

fn recovery_folder(
    conf: &Conf,
    mode: &str,
    open: fn(&Path) -> io::Result<Folder>,
) -> Result<Folder, LiveError> {
    let name = conf.recovery_directory.as_str();
    if name.is_empty() {
        return Err(LiveError::BadInput(format!(
            "error: spark.deploy.recoveryMode {mode} needs a folder: set \
             spark.deploy.recoveryDirectory"
        )));
    }
    open(Path::new(name)).map_err(|error| {
        LiveError::BadInput(format!(
            "error: spark.deploy.recoveryDirectory {name}: {error}"
        ))
    })
}
