//! A piece of work: one writing transaction with who does it and when, so that the record, its audit entry, its event
//! and the answer that is remembered commit together or not at all.

use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::auth::User;
use crate::db::Tx;
use crate::error::{Error, codes};
use crate::events::{Place, Topic};
use crate::{Kernel, Result, Time, args, audit};

/// A writing transaction in somebody's name. Dereferences to [`Tx`]; dropped without [`Work::commit`] it leaves nothing.
pub struct Work {
    tx: Tx,
    kernel: Kernel,
    user: Option<User>,
    now: Time,
    remembered: Option<Uuid>,
}

impl Work {
    pub(crate) async fn begin(kernel: &Kernel, user: Option<&User>) -> Result<Self> {
        let tx = kernel.db().begin().await?;
        Ok(Self {
            tx,
            kernel: kernel.clone(),
            user: user.cloned(),
            now: kernel.now(),
            remembered: None,
        })
    }

    /// The moment of this work: one for all its rows.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Who does it; `None` is the program itself.
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// The kernel.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Makes the write idempotent. With an id that was seen before, the first answer comes back (same body) or
    /// `kernel.id_taken` (another body, or another user). Call it before anything else, and end with [`Work::answer`].
    pub async fn first_answer<T: DeserializeOwned>(
        &mut self,
        id: Option<Uuid>,
        input: &impl Serialize,
    ) -> Result<Option<T>> {
        let Some(id) = id else { return Ok(None) };
        let user = self.user.as_ref().map(|it| it.id.to_string()).unwrap_or_default();
        let bytes = serde_json::to_vec(input).map_err(Error::internal)?;
        let digest = hex::encode(Sha256::digest(&bytes));
        // Inserting first makes a twin that arrives at the same time wait for this one's commit.
        let sql = "INSERT INTO kernel_answer (id, user_id, digest, answer, at) VALUES ($1, $2, $3, '', $4) \
                   ON CONFLICT (id) DO NOTHING";
        let fresh = self
            .tx
            .run(sql, args![id.to_string(), &user, &digest, self.now])
            .await?;
        if fresh == 1 {
            self.remembered = Some(id);
            return Ok(None);
        }
        let sql = "SELECT user_id, digest, answer FROM kernel_answer WHERE id = $1";
        let first: Option<(String, String, String)> = self.tx.one(sql, args![id.to_string()]).await?;
        match first {
            Some((who, what, answer)) if who == user && what == digest => {
                Ok(Some(serde_json::from_str(&answer).map_err(Error::internal)?))
            }
            _ => Err(Error::from(&codes::ID_TAKEN)),
        }
    }

    /// Remembers the answer under the id of [`Work::first_answer`], commits, and hands the answer back.
    pub async fn answer<T: Serialize>(mut self, answer: T) -> Result<T> {
        if let Some(id) = self.remembered.take() {
            let text = serde_json::to_string(&answer).map_err(Error::internal)?;
            let sql = "UPDATE kernel_answer SET answer = $2 WHERE id = $1";
            self.tx.run(sql, args![id.to_string(), text]).await?;
        }
        self.commit().await?;
        Ok(answer)
    }

    /// Records what was done: `action` is `<app>.<what>`, `subject` names the record, `detail` what a reviewer asks for.
    pub async fn audit(&mut self, action: &str, subject: impl ToString, detail: impl Serialize) -> Result<()> {
        let entry = audit::Entry::done(action, subject.to_string(), detail);
        audit::write(&mut self.tx, &self.kernel, self.user.as_ref(), self.now, entry).await
    }

    /// Sends news: it goes out after the commit, to those who may see the place.
    pub async fn emit(&mut self, topic: &'static Topic, place: Place<'_>, data: impl Serialize) -> Result<()> {
        let data = serde_json::to_string(&data).map_err(Error::internal)?;
        let sql =
            "INSERT INTO kernel_event (id, at, topic, area, body, owners, data) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let id = self.kernel.id::<Uuid>().to_string();
        let owners: Vec<String> = place.owners.iter().flatten().map(ToString::to_string).collect();
        self.tx
            .run(
                sql,
                args![id, self.now, topic.name, place.area, place.body, owners.join(" "), data],
            )
            .await?;
        self.tx.ring_at_commit();
        Ok(())
    }

    /// The next number of a counter, without gaps: if this work is not committed, the number is given again.
    pub async fn next_number(&mut self, counter: &str) -> Result<i64> {
        self.next_numbers(counter, 1).await
    }

    /// The first of the next `n` numbers of a counter.
    pub async fn next_numbers(&mut self, counter: &str, n: i64) -> Result<i64> {
        let sql = "INSERT INTO kernel_counter (name, value) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET value = kernel_counter.value + $2 RETURNING value";
        let row: Option<(i64,)> = self.tx.one(sql, args![counter, n]).await?;
        row.map(|it| it.0 - n + 1)
            .ok_or_else(|| Error::internal(anyhow::anyhow!("the counter gave no number")))
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}

impl Deref for Work {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

/// The last number that a counter gave; 0 if it never did.
pub async fn counter(tx: &mut Tx, counter: &str) -> Result<i64> {
    let row: Option<(i64,)> = tx
        .one("SELECT value FROM kernel_counter WHERE name = $1", args![counter])
        .await?;
    Ok(row.map_or(0, |it| it.0))
}
