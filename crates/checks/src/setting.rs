//! What the programs that a judging starts have in common.

use crate::budget::Deadline;
use crate::network::Network;
use base::ports::Ports;
use base::strays::Mark;
use std::sync::Arc;

/// Where and until when checks are made.
#[derive(Clone, Default)]
pub struct Setting {
    pub network: Network,
    pub ports: Arc<Ports>,
    /// Who has left its group is ended when nothing holds this any more.
    pub mark: Arc<Mark>,
    /// When waits end.
    pub deadline: Deadline,
}
