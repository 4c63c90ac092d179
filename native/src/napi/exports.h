// What each file adds to the addon's exports. native/index.ts describes them.
#pragma once

#include <napi.h>

namespace penstock {

/** connect, localPair. */
void RegisterConnections(Napi::Env env, Napi::Object exports);
/** openDataPort. */
void RegisterDataPort(Napi::Env env, Napi::Object exports);
/** createSender. */
void RegisterSender(Napi::Env env, Napi::Object exports);
/** createReceiver. */
void RegisterReceiver(Napi::Env env, Napi::Object exports);
/** createCopier. */
void RegisterCopier(Napi::Env env, Napi::Object exports);
/** openFolder, makeFolder, openFolderIn, identityOf, tryLock, sharesBlocks, fileSystem. */
void RegisterFolders(Napi::Env env, Napi::Object exports);
/** commit, syncTree, syncFolder, renameNoReplace, createFile, removeFile. */
void RegisterCommit(Napi::Env env, Napi::Object exports);
/** writeMarker, readMarker, removeStaging, foldsNames. */
void RegisterStaging(Napi::Env env, Napi::Object exports);
/** pathProblem, nearPath, linkStaysInside, numbered. */
void RegisterNames(Napi::Env env, Napi::Object exports);
/** createManifest, openSource. */
void RegisterManifest(Napi::Env env, Napi::Object exports);
/** routeFacts, routeTo, cachedPart, supportedTechniques, copyTechniques. */
void RegisterFacts(Napi::Env env, Napi::Object exports);

}  // namespace penstock
