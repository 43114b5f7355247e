//! What the registers say now, read out of the log once and then kept up to date: whoever asks next waits for what came since.

use std::sync::Arc;

use jiff::Timestamp;
use registry::{Folded, Kept};
use tokio::sync::Mutex;

use crate::{Error, Installation};

/// The registers as last asked for.
#[derive(Clone, Default)]
pub(crate) struct Registers(Arc<Mutex<Option<Kept>>>);

impl Installation {
    /// Every register as known at this moment, kept for the next question; the first one reads the log.
    pub async fn registers(&self, at: Timestamp) -> Result<Arc<Folded>, Error> {
        let mut shelf = self.registers.0.lock().await;
        // What is taken out is put back only when it is whole, so that an error leaves nothing half made.
        let kept = match shelf.take() {
            Some(kept) => kept.refreshed(&self.db, at).await?,
            None => Kept::read(&self.db, at).await?,
        };
        Ok(shelf.insert(kept).folded())
    }

    /// The same for a question about any moment: what is kept answers it where it can, and nothing more is kept for it.
    pub(crate) async fn registers_at(&self, at: Timestamp) -> Result<Arc<Folded>, Error> {
        let reaches = match &*self.registers.0.lock().await {
            Some(kept) => kept.reaches(&self.db, at).await?,
            None => false,
        };
        if reaches { self.registers(at).await } else { Ok(Arc::new(registry::fold::fold(&self.db, at).await?)) }
    }
}
