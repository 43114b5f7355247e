-- Which provider a session was opened by, so that signing out leads there too; none when by a password.
alter table session add column issuer text;
