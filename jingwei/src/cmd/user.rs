//! `jingwei user`: the first accounts, and a way back in for whoever lost a password and has the machine.

use std::io::BufRead;

use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use kernel::auth::{self, NewUser, Reach, UserId};
use kernel::config::Config;
use kernel::{Kernel, Work};

/// What to do with accounts.
#[derive(Subcommand)]
pub(crate) enum What {
    /// 创建三名管理员，密码只显示一次 · Make the three administrators; their passwords are shown once
    Init,
    /// 创建账号并授予角色 · Make an account with a role
    Add {
        /// 登录名 · Its login: a-z 0-9 . _ -
        login: String,
        /// 姓名 · The person's name
        #[arg(long)]
        name: String,
        /// 角色代码 · The role's code, e.g. system_admin
        #[arg(long)]
        role: String,
        /// 管辖范围：all、area:代码、body:代码、own，可多次 · How far it reaches; may be given again
        #[arg(long = "scope", value_name = "SCOPE", default_value = "all", value_parser = scope)]
        scopes: Vec<Reach>,
        /// 从标准输入读取密码，否则自动生成 · Read the password from standard input instead of making one
        #[arg(long)]
        password_stdin: bool,
    },
    /// 重设密码并解锁 · Set a new password and unlock the account
    Password {
        /// 登录名 · Its login
        login: String,
        /// 从标准输入读取密码，否则自动生成 · Read the password from standard input instead of making one
        #[arg(long)]
        password_stdin: bool,
    },
}

fn scope(text: &str) -> Result<Reach, String> {
    match text.split_once(':') {
        None if text == "all" => Ok(Reach::All),
        None if text == "own" => Ok(Reach::Own),
        Some(("area", code)) if !code.is_empty() => Ok(Reach::Area(code.to_owned())),
        Some(("body", code)) if !code.is_empty() => Ok(Reach::Body(code.to_owned())),
        _ => Err("all, area:CODE, body:CODE, own".to_owned()),
    }
}

/// The three administrators, whom the rules ask to be three people.
const ADMINISTRATORS: [(&str, &str, &str); 3] = [
    ("sysadmin", "系统管理员", "system_admin"),
    ("secadmin", "安全管理员", "security_admin"),
    ("auditor", "审计管理员", "audit_admin"),
];

/// Does it.
pub(crate) async fn user(config: Config, what: What) -> Result<bool> {
    let kernel = super::open(config).await?;
    match what {
        What::Init => init(&kernel).await?,
        What::Add {
            login,
            name,
            role,
            scopes,
            password_stdin,
        } => {
            let secret = Secret::get(&kernel, password_stdin)?;
            let mut work = kernel.system_work().await?;
            make(&mut work, &login, &name, &role, &scopes, &secret).await?;
            work.commit().await?;
            secret.show(&login);
        }
        What::Password { login, password_stdin } => {
            let secret = Secret::get(&kernel, password_stdin)?;
            let mut work = kernel.system_work().await?;
            let id = auth::find_login(&mut work, &login).await?;
            let id = id.with_context(|| format!("没有账号 {login} · there is no account {login}"))?;
            auth::set_password(&mut work, id, &login, &secret.text, false).await?;
            work.commit().await?;
            secret.show(&login);
        }
    }
    super::close(&kernel).await?;
    Ok(true)
}

async fn init(kernel: &Kernel) -> Result<()> {
    ensure!(
        auth::is_empty(kernel).await?,
        "已有账号，未作改动；再添加账号请用 jingwei user add · there are accounts already, nothing was changed; \
         use jingwei user add for more"
    );
    let mut work = kernel.system_work().await?;
    let mut made = Vec::new();
    for (login, name, role) in ADMINISTRATORS {
        let secret = Secret::get(kernel, false)?;
        make(&mut work, login, name, role, &[Reach::All], &secret).await?;
        made.push((login, secret));
    }
    work.commit().await?;
    for (login, secret) in &made {
        secret.show(login);
    }
    println!("请交给三个人分别保管 · Give them to three different people");
    Ok(())
}

async fn make(work: &mut Work, login: &str, name: &str, role: &str, scopes: &[Reach], secret: &Secret) -> Result<()> {
    let id: UserId = work.kernel().id();
    let first = |wanted: fn(&Reach) -> Option<&String>| scopes.iter().find_map(wanted).cloned();
    let user = NewUser {
        id,
        login: login.to_owned(),
        name: name.to_owned(),
        body: first(|it| if let Reach::Body(code) = it { Some(code) } else { None }),
        area: first(|it| if let Reach::Area(code) = it { Some(code) } else { None }),
    };
    auth::create_user(work, &user).await?;
    for reach in scopes {
        auth::grant_role(work, id, role, reach).await?;
    }
    auth::set_password(work, id, login, &secret.text, false).await?;
    Ok(())
}

/// A password that somebody else than its owner has chosen: the owner has to choose another at the first log-in.
struct Secret {
    text: String,
    generated: bool,
}

/// Without letters that look alike.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";

impl Secret {
    fn get(kernel: &Kernel, from_stdin: bool) -> Result<Self> {
        if from_stdin {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            let text = line.trim_end_matches(['\r', '\n']).to_owned();
            if text.is_empty() {
                bail!("标准输入中没有密码 · there is no password on standard input");
            }
            return Ok(Self { text, generated: false });
        }
        // Five bits a letter: 80 bits, in groups that a person can copy.
        let letters: Vec<char> = kernel
            .random::<16>()
            .iter()
            .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
            .collect();
        let groups: Vec<String> = letters.chunks(4).map(|it| it.iter().collect()).collect();
        Ok(Self {
            text: groups.join("-"),
            generated: true,
        })
    }

    fn show(&self, login: &str) {
        if self.generated {
            println!(
                "✓ {login}  {}  (首次登录须修改 · to be changed at the first log-in)",
                self.text
            );
        } else {
            println!("✓ {login}");
        }
    }
}
