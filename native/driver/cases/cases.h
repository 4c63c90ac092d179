// Cases with a file of their own. Each ends the program when it fails.
#pragma once

namespace driver {

void CancelAtRandom();
/** Cuts a stream before, inside and after every write of either side, and cancels there. */
void CancelAtEveryWrite();
/** A KEEPALIVE that falls due within another frame waits for its end, and is completed like any frame. */
void KeepaliveIsAFrame();
/** Random frames, good and bad, on streams of either kind; the other end is never done. */
void HostileSender();
void HostileReceiver();
/** Any reports of a receiver in runs of any length, and reports that are not valid. */
void Reports();
/** Every byte of a short transfer's records is changed: the end that reads it fails. */
void DamagedRecords();
/** One thread walks a tree while others read what it has published. */
void GrowingManifest();
/** Against the standards and golden.json; portable. */
void Records(const char* goldenPath);
/** Records that an attacker on the network has changed; portable. */
void ForgedRecords();

}  // namespace driver
