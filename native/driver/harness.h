// A transfer from end to end without Node: files in a temporary folder, both sessions in this process.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "check.h"
#include "connection/socket.h"
#include "copy/copy_session.h"
#include "files/manifest/manifest.h"
#include "files/target/file_ops.h"
#include "receive/receive_session.h"
#include "send/send_session.h"

namespace driver {

/** A value that one thread sets and another waits for. */
template <typename T>
class Promise {
 public:
  void Set(T value) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!value_) value_ = std::move(value);
    ready_.notify_all();
  }
  /** Waits up to 20 s, and ends the program after that: a session that does not end is a failure. */
  T Get();
  std::optional<T> Peek() {
    std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::optional<T> value_;
};

template <typename T>
T Promise<T>::Get() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!ready_.wait_for(lock, std::chrono::seconds(20), [this] { return value_.has_value(); })) Fail("no end came");
  return *value_;
}

/** A temporary folder that is removed at the end. */
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }
  /** A file with content that depends on the index; `size` bytes. */
  penstock::SourceFile Write(uint32_t index, uint64_t size) const;
  /** A file that is a hole except for its last `data` bytes. */
  penstock::SourceFile WriteSparse(uint32_t index, uint64_t size, uint64_t data) const;
  std::shared_ptr<penstock::Folder> Staging();
  /** True when the staged file, by its number below `folder` in staging, has the source's bytes. */
  bool Equal(const penstock::SourceFile& file, const std::string& folder = "") const;

 private:
  std::string path_;
  std::string staging_;
  int stagings_ = 0;
};

struct Pair {
  penstock::Technique send = penstock::Technique::kSendfile;
  penstock::Technique receive = penstock::Technique::kSplice;
  bool check = true;
  /** Content streams. */
  int streams = 1;
  /** Files are created by their numbers in a folder `top` of this tree. */
  std::shared_ptr<penstock::Folder> tree{};
  /** All frames on one stream, as in an HTTPS body. */
  bool body = false;
  /** The sender waits for further files. */
  bool moreFiles = false;
  /** Called with the socket of each stream that carries content before its session gets it. */
  std::function<void(penstock::Direction, int fd)> onSocket{};
  /** Seals the streams by this transport; unsealed if empty. */
  std::optional<penstock::TransportKind> sealed{};
  /** Records after which a sealed stream takes no further content. */
  uint64_t recordLimit = uint64_t{1} << 23;
};

/** Sealed streams and what runs on them. */
Pair SealedPair(int streams);

/** Both sessions, connected by a control stream and `streams` content streams over TCP, or by a body over a local pair. */
class Transfer {
 public:
  Transfer(const Pair& pair, const std::vector<penstock::SourceFile>& files, std::shared_ptr<penstock::Folder> staging);
  /** Commits when everything was received, and waits for both ends. */
  void Finish();
  bool ended() { return senderEnd.Peek() && receiverEnd.Peek(); }

  Promise<penstock::SessionEnd> senderEnd;
  Promise<penstock::SessionEnd> receiverEnd;
  Promise<bool> received;
  std::unique_ptr<penstock::SendSession> sender;
  std::unique_ptr<penstock::ReceiveSession> receiver;

 private:
  void ConnectStreams(const Pair& pair);
  void ConnectBody(const Pair& pair);

  std::unique_ptr<penstock::DataPort> port_;
};

/** A copy within this machine, with its session. */
class Copy {
 public:
  Copy(penstock::Technique technique, const std::vector<penstock::SourceFile>& files,
       std::shared_ptr<penstock::Folder> staging);

  Promise<penstock::SessionEnd> end;
  std::unique_ptr<penstock::CopySession> session;
};

/** A manifest of files whose indexes are their places. */
std::shared_ptr<penstock::Manifest> ManifestOf(const std::vector<penstock::SourceFile>& files);
penstock::SessionOptions Options(penstock::Technique technique, bool check);

/** Those of Linux without encryption. */
constexpr penstock::Technique kSend[] = {penstock::Technique::kReadWrite, penstock::Technique::kMmap,
                                         penstock::Technique::kGather,    penstock::Technique::kSendfile,
                                         penstock::Technique::kSplice,    penstock::Technique::kDirect,
                                         penstock::Technique::kZerocopy};
constexpr penstock::Technique kReceive[] = {penstock::Technique::kReadWrite, penstock::Technique::kSplice,
                                            penstock::Technique::kMmap, penstock::Technique::kDirect};

}  // namespace driver
