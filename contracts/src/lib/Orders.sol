// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../IExchange.sol";

/// @title EIP-712 struct hashes of the signed messages. Fields in the order of the structs; `Delivery` signs as uint8.
/// @dev All fields are static, so `abi.encode` of the struct is `encodeData` of EIP-712. Golden values are checked
/// between viem, forge and the deployed contract.
library Orders {
    bytes32 internal constant ATTEST =
        keccak256("Attest(uint256 cardId,address holder,uint16 issuerClass,bytes32 secretCommit,uint40 deadline)");
    bytes32 internal constant BATCH_ATTEST = keccak256("BatchAttest(address holder,bytes32 itemsHash,uint40 deadline)");
    bytes32 internal constant LISTING = keccak256(
        "Listing(uint256 cardId,uint96 price,uint16 feeBps,uint16 charityBps,uint16 charityId,uint8 delivery,address taker,uint40 deadline,uint32 nonce)"
    );
    bytes32 internal constant DUTCH_TERMS = keccak256(
        "DutchTerms(uint256 cardId,uint96 startPrice,uint96 endPrice,uint40 startsAt,uint40 endsAt,uint16 feeBps,uint16 charityBps,uint16 charityId,uint8 delivery,uint32 nonce)"
    );
    bytes32 internal constant AUCTION_TERMS = keccak256(
        "AuctionTerms(uint256 cardId,uint96 reserve,uint32 duration,uint16 feeBps,uint16 charityBps,uint16 charityId,uint8 delivery,uint40 deadline,uint32 nonce)"
    );
    bytes32 internal constant SEALED_TERMS = keccak256(
        "SealedTerms(uint256 cardId,uint96 reserve,uint96 bond,uint40 commitUntil,uint40 revealUntil,bool secondPrice,uint16 feeBps,uint16 charityBps,uint16 charityId,uint8 delivery,uint32 nonce)"
    );
    bytes32 internal constant BID = keccak256(
        "Bid(uint256 cardId,address bidder,uint96 price,uint16 feeBps,address session,bytes32 secretCommit,uint32 nonce,uint32 epoch,uint40 deadline)"
    );
    bytes32 internal constant SWAP_OFFER = keccak256(
        "SwapOffer(uint256 give,uint256 want,uint96 topUp,bool makerPays,uint16 feeBps,uint32 nonce,uint32 epoch,uint40 deadline)"
    );
    bytes32 internal constant REISSUED =
        keccak256("Reissued(uint256 cardId,address buyer,bytes32 newCommit,uint32 nonce,uint40 deadline)");
    bytes32 internal constant BALANCE_ATTEST = keccak256("BalanceAttest(uint256 cardId,uint96 balance,uint40 asOf)");

    function hash(IExchangeTypes.Attest calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTEST, m));
    }

    function hash(IExchangeTypes.BatchAttest calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(BATCH_ATTEST, m));
    }

    function hash(IExchangeTypes.Listing calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(LISTING, m));
    }

    function hash(IExchangeTypes.DutchTerms calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(DUTCH_TERMS, m));
    }

    function hash(IExchangeTypes.AuctionTerms calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(AUCTION_TERMS, m));
    }

    function hash(IExchangeTypes.SealedTerms calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(SEALED_TERMS, m));
    }

    function hash(IExchangeTypes.Bid calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(BID, m));
    }

    function hash(IExchangeTypes.SwapOffer calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(SWAP_OFFER, m));
    }

    function hash(IExchangeTypes.Reissued calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(REISSUED, m));
    }

    function hash(IExchangeTypes.BalanceAttest calldata m) internal pure returns (bytes32) {
        return keccak256(abi.encode(BALANCE_ATTEST, m));
    }
}
